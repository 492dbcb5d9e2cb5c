//! A whole control plane from the tree of one master, where PKIPLAN_KUBERNETES_BIN names a folder with its
//! programs. No package of Debian has them, so this alone may be left out.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::chains::BELOW_ROOT;
use super::etcd::{etcdctl, version};
use super::process::{Daemon, Said, ask, find, free_ports, run, tell, until};
use super::site::Site;
use super::unit::CommandLine;

const FOLDER: &str = "PKIPLAN_KUBERNETES_BIN";

/// What runs, and whom to ask as.
struct ControlPlane {
    site: Site,
    kubectl: PathBuf,
    etcd_port: u16,
    root: &'static str,
    daemons: Vec<Daemon>,
}

#[test]
fn a_control_plane_runs_from_one_tree() {
    prove("", "kubernetes");
}

/// Here clients of the root's other authorities would be strangers, and servers send their chain.
#[test]
fn it_runs_below_a_root_too() {
    prove(BELOW_ROOT, "company");
}

fn prove(addition: &str, root: &'static str) {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        // Past the test harness, which hides what tests that pass have printed.
        let why = format!("skipped: {FOLDER} names no folder with kube-apiserver and its companions");
        std::io::stderr().write_all(format!("{why}\n").as_bytes()).unwrap();
        return;
    };
    let mut plane = ControlPlane::start(&folder, addition, root);
    let mut daemons = std::mem::take(&mut plane.daemons);
    let super_admin = plane.site.user("super-admin");
    until("ready", &mut daemons, || well(&plane.kubectl(&super_admin, &["get", "--raw", "/readyz"])));
    let admin = plane.bindings(&super_admin);
    plane.secrets_lie_encrypted(&admin);
    plane.nodes_are_themselves(&admin);
    plane.managers_lead(&admin, &mut daemons);
}

impl ControlPlane {
    fn start(folder: &Path, addition: &str, root: &'static str) -> Self {
        let program = |name: &str| {
            let file = folder.join(name);
            if file.is_file() { file } else { find(name) }
        };
        let (etcd, apiserver) = (program("etcd"), program("kube-apiserver"));
        let [etcd_port, peer_port, metrics_port, api_port, manager_port, scheduler_port] = free_ports();
        let release = run(&apiserver, ["--version"]).out;
        let plan = PLAN
            .replace("KUBERNETES", release.trim().trim_start_matches("Kubernetes v"))
            .replace("ETCD", &version(&etcd))
            .replace("CLIENT_PORT", &etcd_port.to_string())
            .replace("PEER_PORT", &peer_port.to_string())
            .replace("METRICS_PORT", &metrics_port.to_string())
            .replace("API_PORT", &api_port.to_string())
            .replace("MANAGER_PORT", &manager_port.to_string())
            .replace("SCHEDULER_PORT", &scheduler_port.to_string());
        let site = Site::build(&format!("{plan}{addition}"));
        let tree = site.host("master01");
        let names = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
        let daemons = names.map(|name| {
            let arguments = CommandLine::read(&tree, &format!("{name}.service")).arguments();
            Daemon::start(name, &program(name), &arguments, site.folder())
        });
        let kubectl = program("kubectl");
        Self { site, kubectl, etcd_port, root, daemons: daemons.into() }
    }

    /// The administrator of every day may do nothing until the cluster knows the group.
    fn bindings(&self, super_admin: &Path) -> PathBuf {
        let admin = self.site.user("admin");
        let early = self.kubectl(&admin, &["get", "nodes"]);
        assert!(forbidden(&early), "{}", early.all());
        for file in self.site.cluster() {
            let arguments = ["apply", "--validate=strict", "-f", &file.display().to_string()];
            let said = self.kubectl(super_admin, &arguments);
            assert!(said.well, "{}", said.all());
        }
        until("the admin's binding", &mut [], || well(&self.kubectl(&admin, &["get", "nodes"])));
        let said = self.kubectl(&admin, &["get", "--raw", "/readyz"]);
        assert_eq!(said.out, "ok", "{}", said.all());
        let said = self.kubectl(&admin, &["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"]);
        assert_eq!(said.out, "kubernetes-admin", "{}", said.all());
        admin
    }

    fn secrets_lie_encrypted(&self, admin: &Path) {
        let words = ["create", "secret", "generic", "hidden", "--from-literal=word=plaintext"];
        let said = self.kubectl(admin, &words);
        assert!(said.well, "{}", said.all());
        let endpoint = format!("https://127.0.0.21:{}", self.etcd_port);
        let key = "/registry/secrets/default/hidden";
        let said = etcdctl(&self.site.host("master01"), &endpoint, &["get", key, "--print-value-only"]);
        assert!(said.out.starts_with("k8s:enc:secretbox:v1:"), "{}", said.all());
        assert!(!said.out.contains("plaintext"));
    }

    /// The Node authorizer and NodeRestriction know a kubelet by its certificate.
    fn nodes_are_themselves(&self, admin: &Path) {
        let kubelet = |host: &str| self.site.host(host).join("etc/kubernetes/kubelet.conf");
        // As a kubelet says it: a node that has room for nothing gets no pods.
        let node = |name: &str| {
            format!(
                r#"{{"apiVersion":"v1","kind":"Node","metadata":{{"name":"{name}"}},"status":{{
                    "capacity":{{"pods":"9"}},"allocatable":{{"pods":"9"}}}}}}"#
            )
        };
        for host in ["master01", "node01"] {
            let file = kubelet(host);
            until("a node of its own", &mut [], || well(&self.create(&file, &node(host))));
            let said = self.kubectl(&file, &["get", "node", host, "-o", "name"]);
            assert_eq!(said.out, format!("node/{host}\n"), "{}", said.all());
            let said = self.kubectl(&file, &["label", "node", host, "example.com/rack=1"]);
            assert!(said.well, "{}", said.all());
        }
        let file = kubelet("node01");
        for refused in [
            self.create(&file, &node("node02")),
            self.kubectl(&file, &["get", "node", "master01"]),
            self.kubectl(&file, &["label", "node", "master01", "example.com/rack=2"]),
            self.kubectl(&file, &["get", "secret", "hidden"]),
            self.kubectl(&file, &["get", "secrets"]),
            self.kubectl(
                &self.site.host("node01").join("etc/kubernetes/kube-proxy.conf"),
                &["get", "secrets"],
            ),
        ] {
            assert!(forbidden(&refused), "{}", refused.all());
        }
        let proxy = self.site.host("node01").join("etc/kubernetes/kube-proxy.conf");
        let said = self.kubectl(&proxy, &["get", "services", "--all-namespaces"]);
        assert!(said.well, "{}", said.all());
        let said = self.kubectl(admin, &["get", "nodes", "-o", "name"]);
        assert_eq!(said.out, "node/master01\nnode/node01\n", "{}", said.all());
    }

    /// Both stay well on /healthz with wrong credentials; only their leases and deeds tell.
    fn managers_lead(&self, admin: &Path, daemons: &mut [Daemon]) {
        for lease in ["kube-controller-manager", "kube-scheduler"] {
            let words = ["get", "lease", lease, "-n", "kube-system", "-o", "jsonpath={.spec.holderIdentity}"];
            until(lease, daemons, || {
                let said = self.kubectl(admin, &words);
                if said.well && !said.out.is_empty() { Ok(()) } else { Err(said.all()) }
            });
        }
        // Made by the controller manager, with the roots that pods are to trust.
        let words = ["get", "configmap", "kube-root-ca.crt", "-o", "jsonpath={.data.ca\\.crt}"];
        let roots = fs::read_to_string(self.site.authority(self.root)).unwrap();
        until("roots for pods", daemons, || {
            let said = self.kubectl(admin, &words);
            if said.out.trim() == roots.trim() { Ok(()) } else { Err(said.all()) }
        });
        // A token signed with the planned key is accepted back, by the account's name.
        let mut token = String::new();
        until("a token", daemons, || {
            let said = self.kubectl(admin, &["create", "token", "default"]);
            said.out.trim().clone_into(&mut token);
            well(&said)
        });
        let anonymous = self.site.folder().join("anonymous");
        let kubeconfig = fs::read_to_string(admin).unwrap();
        let without =
            |line: &&str| !line.contains("client-certificate-data") && !line.contains("client-key-data");
        let kubeconfig: Vec<&str> = kubeconfig.lines().filter(without).collect();
        fs::write(&anonymous, kubeconfig.join("\n").replace("  user:\n", "  user: {}\n")).unwrap();
        let token = format!("--token={token}");
        let words = [&*token, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"];
        let said = self.kubectl(&anonymous, &words);
        assert_eq!(said.out, "system:serviceaccount:default:default", "{}", said.all());
        self.scheduler_binds(admin, daemons);
    }

    /// A pod without a node gets one, though no kubelet is there to run it.
    fn scheduler_binds(&self, admin: &Path, daemons: &mut [Daemon]) {
        // A node is born not ready and stays so without a kubelet.
        let pod = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bound"},"spec":{
            "tolerations":[{"operator":"Exists"}],"containers":[{"name":"c","image":"example.com/none"}]}}"#;
        until("a pod", daemons, || well(&self.create(admin, pod)));
        until("a node for the pod", daemons, || {
            let said = self.kubectl(admin, &["get", "pod", "bound", "-o", "jsonpath={.spec.nodeName}"]);
            if said.out.is_empty() { Err(said.all()) } else { Ok(()) }
        });
    }

    fn kubectl(&self, kubeconfig: &Path, words: &[&str]) -> Said {
        ask(self.command(kubeconfig).args(words))
    }

    /// Creates one object from its JSON.
    fn create(&self, kubeconfig: &Path, object: &str) -> Said {
        tell(self.command(kubeconfig).args(["create", "-f", "-"]), object)
    }

    fn command(&self, kubeconfig: &Path) -> Command {
        let mut command = Command::new(&self.kubectl);
        // What kubectl remembers of a server must not outlive it, nor mix with the user's own.
        command.env("HOME", self.site.folder()).arg("--kubeconfig").arg(kubeconfig);
        command.arg("--request-timeout=10s");
        command
    }
}

fn well(said: &Said) -> Result<(), String> {
    if said.well { Ok(()) } else { Err(said.all()) }
}

fn forbidden(said: &Said) -> bool {
    !said.well && (said.error.contains("Forbidden") || said.error.contains("forbidden"))
}

/// Everything on loopback. The address that is advertised may not be one of those, but need not exist.
const PLAN: &str = r#"
format = 1

[cluster]
name = "plane"
profile = "high-availability"
version = "KUBERNETES"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]
endpoint = "node.master01"

[node.master01]
addresses = ["127.0.0.21"]
roles = ["control-plane", "etcd"]

[node.node01]
addresses = ["127.0.0.22"]
roles = ["worker"]

[component.etcd]
version = "ETCD"
setting = { client-port = CLIENT_PORT, peer-port = PEER_PORT, metrics-port = METRICS_PORT }

[component.kube-apiserver]
setting = { port = API_PORT }

[component.kube-apiserver.flags.set]
advertise-address = { value = "192.0.2.21", override = true }
bind-address = "127.0.0.21"
cert-dir = "/run/kubernetes"

[component.kube-controller-manager.flags.set]
cert-dir = "/run/kubernetes"
flex-volume-plugin-dir = "/run/volume-plugins"
secure-port = MANAGER_PORT

[component.kube-scheduler.flags.set]
cert-dir = "/run/kubernetes"
secure-port = SCHEDULER_PORT
"#;
