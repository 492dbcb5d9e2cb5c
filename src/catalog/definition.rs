//! The compiled definition of a component.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::FileDefinition;
use super::flags::FlagTable;
use super::knowledge::Knowledge;
use super::kubeconfig::KubeconfigDefinition;
use super::layout::Paths;
use super::reads::Reads;
use super::reload::Reload;
use super::root::Root;
use super::run::{Effect, Run};
use super::seen::Seen;
use super::sensitive::Sensitive;
use super::serves::Serves;
use super::tree::{Template, Tree};
use super::versions::{Since, Skew};
use crate::expression::field;
use crate::source::{Span, Spanned};
use crate::values::{Selector, TextForm, Usage, Version, VersionRange};

/// A component of the catalog.
#[derive(Debug)]
pub struct Definition {
    /// Its name.
    pub name: Arc<str>,
    /// The header of its file.
    pub span: Span,
    /// A few words for units and messages.
    pub title: Arc<str>,
    /// Which nodes carry it, unless the plan says otherwise.
    pub place: Vec<Selector>,
    /// What it serves of the VIPs that its place selects.
    pub serves: Vec<Serves>,
    /// Which versions the definition is for.
    pub versions: VersionRange,
    /// Its version, by the cluster's; the cluster's if absent.
    pub version: Option<Spanned<Since<Version>>>,
    /// How far its version may lie from those of others.
    pub skews: Vec<Skew>,
    /// Which flags its program knows.
    pub flag_table: Option<Arc<FlagTable>>,
    /// Who owns its private files.
    pub owner: Option<Template>,
    /// Whether components that run so can stand on its hosts.
    pub runner: Option<Run>,
    /// The unit that runs it.
    pub unit: Option<Arc<str>>,
    /// Whether its instances vote.
    pub quorum: bool,
    /// Where an instance joins those that are there, and founds nothing; none: nothing is founded.
    pub joins: Option<Template>,
    /// Ports and switches.
    pub settings: Vec<Setting>,
    /// The purposes that its certificates, bundles and references ask for.
    pub purposes: Vec<Arc<str>>,
    /// The keyrings that it refers to.
    pub keyrings: Vec<Arc<str>>,
    /// Certificates of every instance.
    pub certificates: Vec<CertificateDefinition>,
    /// Trust.
    pub bundles: Vec<Bundle>,
    /// Where it is dialled.
    pub listens: Vec<Listen>,
    /// Whom it dials.
    pub dials: Vec<Dial>,
    /// Kubeconfigs.
    pub kubeconfigs: Vec<KubeconfigDefinition>,
    /// Flags, by name.
    pub flags: Vec<FlagDefinition>,
    /// Files on its hosts.
    pub files: Vec<FileDefinition>,
    /// Files under `cluster/`.
    pub manifests: Vec<FileDefinition>,
    /// What is re-read without a restart, by the artefact's name.
    pub reloads: BTreeMap<Arc<str>, Reload>,
    /// What a change can give away.
    pub sensitive: Vec<Sensitive>,
    /// What it knows beside its files.
    pub knowledge: Knowledge,
    /// What its program's inputs mean; none: what its hosts hold of it can be told by the plan alone.
    pub seen: Option<Seen>,
    /// Paths for layouts that do not know the component, by layout.
    pub layouts: BTreeMap<String, Paths>,
    /// What its expressions read, all together.
    pub reads: Reads,
}

impl Definition {
    /// Whether it knows a keyring of that name: by a reference, a token of a kubeconfig, or an expression.
    #[must_use]
    pub fn reads_keyring(&self, name: &str) -> bool {
        let contexts = self.kubeconfigs.iter().flat_map(|kubeconfig| &kubeconfig.contexts);
        let mut tokens = contexts.filter_map(|context| context.token.as_deref());
        let of = [&self.reads, &self.knowledge.reads];
        self.keyrings.iter().any(|known| **known == *name)
            || tokens.any(|token| token == name)
            || of.iter().any(|reads| reads.reads(Root::Keyring, &field(name)))
    }

    /// Dials whose addresses an expression reads.
    pub fn read_dials(&self) -> impl Iterator<Item = &Dial> {
        self.dials.iter().filter(|dial| self.reads.reads(Root::Dial, &dial.field))
    }

    /// The setting that says whether an instance joins those that are there.
    #[must_use]
    pub fn joining_setting(&self) -> Option<&str> {
        let reads = self.joins.as_ref()?.reads();
        let setting = self.settings.iter().find(|setting| reads.reads(Root::Setting, &setting.field))?;
        Some(&setting.name)
    }

    /// Whether a flag matters at the program's very first start alone, so that nothing needs a restart
    /// where nothing else has changed.
    #[must_use]
    pub fn is_for_first_start(&self, flag: &str) -> bool {
        let reload = self.reloads.get(format!("flag.{flag}").as_str());
        matches!(reload, Some(Reload::Always(Effect::FirstStart)))
    }

    /// Whether clients are checked against a bundle: one that is said to, or one of issuers, which is what
    /// those are for.
    #[must_use]
    pub fn checks_clients(&self, bundle: usize) -> bool {
        let listens = self.listens.iter().any(|listen| listen.clients == Some(bundle));
        listens || self.bundles[bundle].holds == Holds::Issuers
    }

    /// The dials of all kubeconfigs.
    pub fn kubeconfig_dials(&self) -> impl Iterator<Item = &Dial> {
        self.kubeconfigs.iter().flat_map(|kubeconfig| &kubeconfig.contexts).map(|c| &self.dials[c.dial])
    }

    /// Whether it has what it takes to be run so. What has no files for any way is started by a unit
    /// that somebody else brings.
    #[must_use]
    pub fn runs_as(&self, run: Run) -> bool {
        let mut ways = self.files.iter().filter_map(|file| file.run).peekable();
        if ways.peek().is_none() { run == Run::Systemd } else { ways.any(|way| way == run) }
    }
}

/// A setting with its default.
#[derive(Debug)]
pub struct Setting {
    /// As plans write it.
    pub name: Arc<str>,
    /// As expressions write it, with `_`.
    pub field: Arc<str>,
    /// What it takes.
    pub kind: SettingKind,
    /// Where the plan says nothing.
    pub default: Option<Tree>,
    /// The only words that a text may be; none: any.
    pub words: Vec<Arc<str>>,
    /// What a text has to look like.
    pub form: Option<TextForm>,
}

impl Setting {
    /// What its default reads.
    #[must_use]
    pub fn reads(&self) -> Reads {
        self.default.iter().map(Tree::reads).collect()
    }
}

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// `true` or `false`
    Boolean,
    /// A number.
    Integer,
    /// Strings.
    List,
    /// 1 to 65535.
    Port,
    /// A string.
    Text,
}

/// A certificate of every instance.
#[derive(Debug)]
pub struct CertificateDefinition {
    /// Its name within the component.
    pub name: Arc<str>,
    /// As expressions write it, with `_`.
    pub field: Arc<str>,
    /// The table's header.
    pub span: Span,
    /// The purpose whose authority issues it.
    pub purpose: Arc<str>,
    /// Whether there is one for the cluster, which lies on no host, and not one for each instance.
    pub per_cluster: bool,
    /// What it may be used for.
    pub usages: Vec<Usage>,
    /// Its common name.
    pub common_name: Template,
    /// Its organizations.
    pub organizations: Vec<Template>,
    /// DNS names.
    pub dns: Vec<Template>,
    /// Addresses.
    pub ip: Vec<Template>,
    /// Whether `names.add` of the plan goes into it.
    pub takes_names: bool,
    /// Where this holds, its program renews it on the host.
    pub rotated: Option<Template>,
    /// Only if this holds.
    pub when: Option<Template>,
}

/// What a bundle holds of each authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// The authorities that issue: for checking clients, so that a shared root admits nobody.
    Issuers,
    /// The roots above them: for checking servers.
    Roots,
}

impl CertificateDefinition {
    /// What its names, its organizations and its condition read.
    #[must_use]
    pub fn reads(&self) -> Reads {
        let names = [&self.organizations, &self.dns, &self.ip].into_iter().flatten();
        names.chain([&self.common_name]).chain(&self.rotated).chain(&self.when).map(Template::reads).collect()
    }
}

/// Certificates that are trusted together.
#[derive(Debug)]
pub struct Bundle {
    /// Its name within the component.
    pub name: Arc<str>,
    /// The table's header.
    pub span: Span,
    /// The purposes whose authorities it holds.
    pub purposes: Vec<Arc<str>>,
    /// What of them.
    pub holds: Holds,
    /// Whether its program takes nothing but roots for anchors, as OpenSSL does.
    pub strict: bool,
}

/// Where a component is dialled.
#[derive(Debug)]
pub struct Listen {
    /// Its name within the component.
    pub name: Arc<str>,
    /// As expressions write it, with `_`.
    pub field: Arc<str>,
    /// The table's header.
    pub span: Span,
    /// At which addresses.
    pub addresses: Template,
    /// At which port.
    pub port: Template,
    /// The certificate it shows, an index.
    pub certificate: Option<usize>,
    /// The bundle for clients, an index.
    pub clients: Option<usize>,
    /// Whether a client must show a certificate.
    pub clients_required: bool,
    /// Whether it answers on loopback addresses, too.
    pub loopback: bool,
}

impl Listen {
    /// What its addresses and its port read.
    #[must_use]
    pub fn reads(&self) -> Reads {
        [self.addresses.reads(), self.port.reads()].into_iter().collect()
    }
}

/// Which instances a dial reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those behind the VIPs of the dialling host.
    BehindVips,
    /// The cluster's endpoint.
    Endpoint,
    /// All of them.
    Every,
    /// All but the dialling host's.
    Others,
    /// The dialling host's own.
    SameHost,
}

/// The name by which a dial reaches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialBy {
    /// The first address.
    Address,
    /// `127.0.0.1`, or `::1` where the cluster has no IPv4.
    Loopback,
    /// The node's name.
    Name,
}

/// Whom a component dials.
#[derive(Debug)]
pub struct Dial {
    /// Its name within the component.
    pub name: Arc<str>,
    /// As expressions write it, with `_`.
    pub field: Arc<str>,
    /// The table's header.
    pub span: Span,
    /// The component.
    pub component: Arc<str>,
    /// Its listen.
    pub listen: Arc<str>,
    /// Which instances.
    pub reach: Reach,
    /// By which name.
    pub by: DialBy,
    /// The certificate it presents, an index.
    pub certificate: Option<usize>,
    /// The bundle it trusts, an index.
    pub trusts: Option<usize>,
}

/// A flag with its value.
#[derive(Debug)]
pub struct FlagDefinition {
    /// Without the dashes.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
    /// Its value.
    pub value: Tree,
    /// Only if this holds.
    pub when: Option<Template>,
    /// Only for these versions.
    pub versions: VersionRange,
    /// Whether it must be the same wherever the component runs.
    pub same: bool,
}

impl FlagDefinition {
    /// What its value and its condition read.
    #[must_use]
    pub fn reads(&self) -> Reads {
        self.when.iter().map(Template::reads).chain([self.value.reads()]).collect()
    }
}
