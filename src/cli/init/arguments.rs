//! The arguments of `pkiplan init`.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::catalog::Run;
use crate::cli::plan_argument::NAMES;
use crate::init::{Hosts, VipAddress};
use crate::values::{Cidr, Interface, Version};

/// The one thing that plans are made from, so far.
pub(super) const KUBEADM: &str = "kubeadm-config";

#[derive(Debug, Args)]
pub(in crate::cli) struct Init {
    /// The directory for the plan. It is created if it does not exist.
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    dir: PathBuf,
    /// The cluster's name in kubeconfigs.
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// A host with an API server and etcd. A range names several hosts: `master{01..03}=10.0.0.11`. For dual stack,
    /// add the second address after a comma. Repeatable.
    #[arg(long, value_name = "NAME=ADDRESS")]
    pub(super) control_plane: Vec<Hosts>,
    /// A host that runs pods, written like `--control-plane`. Without workers, control-plane hosts also run pods. Repeatable.
    #[arg(long, value_name = "NAME=ADDRESS")]
    pub(super) worker: Vec<Hosts>,
    /// The virtual IP address of the API, which moves between the control-plane hosts; required if there are several. With port
    /// 6443, kube-vip serves it; with another port (default: 16443), keepalived and haproxy do. For dual stack, add the second
    /// address after a comma.
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    pub(super) vip: Option<VipAddress>,
    /// The network interface that holds the VIP, as `ip link` shows it.
    #[arg(long, value_name = "NAME")]
    pub(super) interface: Option<Interface>,
    /// The network of services, one for each address family. Default: one that contains no host. Repeatable.
    #[arg(long, value_name = "CIDR")]
    pub(super) service_cidr: Vec<Cidr>,
    /// The network of pods, one for each address family. Default: one that contains no host. Repeatable.
    #[arg(long, value_name = "CIDR")]
    pub(super) pod_cidr: Vec<Cidr>,
    /// What runs the components. Default: `systemd`, or `static-pod` with `--from kubeadm-config`.
    #[arg(long, value_enum, value_name = "WAY")]
    pub(super) run: Option<Run>,
    /// The Kubernetes version.
    #[arg(long, alias = "kubernetes", value_name = "VERSION")]
    pub(super) kubernetes_version: Option<Version>,
    /// Take over the configuration of a cluster made by kubeadm. KIND is `kubeadm-config`; FILE is the configuration
    /// file, or the output of `kubectl -n kube-system get cm kubeadm-config -o yaml`.
    #[arg(long, value_names = ["KIND", "FILE"], num_args = 2)]
    pub(super) from: Vec<String>,
    /// Take over the nodes of a cluster, with addresses and roles, from the output of `kubectl get nodes -o json`.
    #[arg(long, value_name = "FILE")]
    pub(super) nodes: Option<PathBuf>,
    /// The plan's file name. Default: `cluster.toml`.
    #[arg(long, value_name = "NAME", value_parser = file_name)]
    file: Option<String>,
}

fn file_name(text: &str) -> Result<String, String> {
    let is_one = Path::new(text).file_name().is_some_and(|name| name == text);
    match text.strip_suffix(".toml") {
        Some(stem) if is_one && !stem.is_empty() => Ok(text.to_owned()),
        _ => Err("the name of a plan must end in `.toml`, such as prod.toml".to_owned()),
    }
}

impl Init {
    /// Where the plan goes.
    pub(super) fn path(&self) -> PathBuf {
        self.joined(self.file.as_deref().unwrap_or(NAMES[1]))
    }

    /// Whether somebody said what the plan is called.
    pub(super) fn names_its_file(&self) -> bool {
        self.file.is_some()
    }

    /// Plans that would be taken where none is named.
    pub(super) fn others(&self) -> Vec<PathBuf> {
        NAMES.iter().map(|name| self.joined(name)).collect()
    }

    fn joined(&self, name: &str) -> PathBuf {
        if self.dir == Path::new(".") { PathBuf::from(name) } else { self.dir.join(name) }
    }
}

impl ValueEnum for Run {
    fn value_variants<'a>() -> &'a [Self] {
        &[Run::Systemd, Run::StaticPod]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Run::Systemd => "systemd units",
            Run::StaticPod => "Static pods",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}
