//! Resolves documents into a model.
//!
//! Names become indices, texts become values, pools become nodes, and defaults become explicit. The rules that need no
//! files of components are checked.
//!
//! One run reports all errors of a plan, and each only once. An item that could not be resolved is left out of the
//! model, and its name is remembered (`Lookup::Poisoned`): rules about it report nothing, and all others are checked as
//! usual.

mod allowed;
mod authorities;
mod behind_vips;
mod bootstrap;
mod bundles;
mod certificates;
mod cluster;
mod components;
mod config;
mod confirmed;
mod constraints;
mod crl;
mod crl_files;
mod encryption;
mod external_trust;
mod externals;
mod families;
mod flags;
mod generations;
mod grants;
mod hierarchy;
mod host_owner;
mod idle;
mod imported;
mod imported_leaves;
mod inventory;
mod keyrings;
mod keys;
mod lifetimes;
mod lookup;
mod merged;
mod model;
mod networks;
mod nodes;
mod own_files;
mod parse;
mod paths;
mod placed;
mod pool_addresses;
mod pool_names;
mod pool_ranges;
mod pools;
mod public;
mod purposes;
mod roles;
mod run;
mod runners;
mod secrets;
mod selection;
mod separate;
mod settings;
mod shared_keys;
mod skew;
mod subjects;
mod unused_keyrings;
mod users;
mod users_on_hosts;
mod versions;
mod vips;
mod wide_trust;
mod words;
mod written;

pub(crate) use imported::pinned;
pub(crate) use keys::EXTERNAL;
pub use model::{
    Addition, Authority, AuthorityIndex, Beside, Bootstrap, BootstrapToken, CertificateFiles, Change,
    Cluster, Component, ComponentIndex, Config, Constraints, DeclaredSecret, Encryption, Endpoint, External,
    Extras, FlagChange, Foreign, ForeignIndex, Format, FreeCertificate, FreeIndex, Generations, Granted,
    Held, ImportedAuthority, ImportedCertificate, ImportedKey, Instance, InstanceIndex, Keyring, KeyringKind,
    Model, Node, NodeIndex, OnHosts, OwnFile, OwnFileIndex, Reach, Sourced, StaticToken, Trusted, User,
    UserIndex, Vip, VipIndex, leads_to,
};
pub(crate) use paths::{check_path, path_escapes};
pub use public::{Public, Unusable};

use std::collections::BTreeMap;
use std::sync::Arc;

use bundles::Additions;
use certificates::Issuing;
use components::Ground;
use inventory::Nodes;
use placed::Placed;
use roles::KnownRoles;
use secrets::Secrets;
use written::Written;

use crate::catalog::Catalog;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::Document;
use crate::stored::Stored;

/// What stands around a plan.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The certificates of imported generations, by their ids.
    pub stored: &'a BTreeMap<String, Arc<Stored>>,
    /// What files of one's own hold, by name.
    pub files: &'a BTreeMap<String, Arc<str>>,
    /// The public sides of other plans, by the name of the import; none where something is wrong with one.
    pub imports: &'a BTreeMap<String, Option<Arc<Public>>>,
}

/// Resolves a plan. The model is whole only if no error was pushed.
pub fn resolve(
    document: &Document,
    catalog: &Catalog,
    around: &Around<'_>,
    diagnostics: &mut Diagnostics,
) -> Model {
    format(document, diagnostics);
    let written = Written::new(document, catalog, diagnostics);
    let secrets = Secrets::declared(document, diagnostics);

    let mut roles = KnownRoles::new(written);
    roles.exist(written, diagnostics);
    let mut nodes = Nodes::new(written);
    let mut taken = nodes::add(&mut nodes, written, &roles, &secrets, diagnostics);
    let intervals = pools::add(&mut nodes, written, &roles, &secrets, &mut taken, diagnostics);
    pool_addresses::overlaps(written, &intervals, &taken, diagnostics);
    nodes::none_at_all(written, &nodes, diagnostics);
    nodes::on_loopback(&nodes, diagnostics);
    let vips = vips::vips(written, &roles, &nodes, diagnostics);
    vips::routers(&vips.list, diagnostics);
    families::of_vips(&vips.list, &nodes, diagnostics);
    let cluster = cluster::cluster(written, &nodes, &vips, &secrets, diagnostics);

    let authority_tables = hierarchy::merged(written);
    let authorities =
        authorities::authorities(written, &authority_tables, around.stored, &secrets, diagnostics);
    let purposes = purposes::purposes(written, &authorities, diagnostics);
    let keyring_tables = keyrings::tables(written);
    let keyrings = keyrings::keyrings(written, &keyring_tables, &secrets, diagnostics);

    let bootstrap = bootstrap::bootstrap(document, &keyrings, diagnostics);

    components::unknown_ones(written, diagnostics);
    bundles::check_imports(written, diagnostics);
    let (mut placed, mut externals, mut additions) = (Vec::new(), Vec::new(), Additions::default());
    if let Some(cluster) = &cluster {
        networks::check(cluster, &nodes.list, &vips.list, diagnostics);
        additions = bundles::additions(written, (around.imports, around.stored), &authorities, diagnostics);
        let ground = Ground { roles: &roles, nodes: &nodes, vips: &vips };
        placed = components::components(written, cluster, ground, &additions, diagnostics);
        families::check(cluster, &placed, &nodes, diagnostics);
        externals = externals::externals(written, &placed, &nodes, &authorities, diagnostics);
    }
    let ground = own_files::Ground {
        authorities: &authorities,
        authority_tables: &authority_tables,
        roles: &roles,
        nodes: &nodes,
        placed: &placed,
    };
    let files = own_files::files(written, ground, around.files, diagnostics);
    components::even(&placed, &nodes, diagnostics);
    versions::check(written, &placed, diagnostics);
    runners::check(written, &placed, &nodes, diagnostics);
    behind_vips::check(written, &vips.list, &placed, &nodes, diagnostics);
    purposes::check(written, &purposes, &placed, diagnostics);

    let users = users::users(written, (&authorities, &purposes), (&roles, &nodes), &secrets, diagnostics);
    let issuing = Issuing { authorities: &authorities, purposes: &purposes };
    let certificates = certificates::certificates(
        written,
        issuing,
        (&roles, &nodes),
        (&secrets, around.stored),
        diagnostics,
    );
    certificates::shared_folders(&certificates, &users, diagnostics);
    secrets.check(document, &authority_tables, &keyring_tables, diagnostics);
    roles::unused(written, &roles, diagnostics);

    let profile = written.profile.known();
    let users_purpose = profile.and_then(|profile| profile.users_authority.as_ref());
    let model = Model {
        cluster,
        bootstrap,
        nodes: nodes.list,
        vips: vips.list,
        externals,
        authorities: authorities.list,
        foreign: additions.foreign,
        purposes: purposes.served,
        secrets: secrets.into_declared(),
        keyrings,
        components: placed.into_iter().map(|Placed { component, .. }| component).collect(),
        users,
        users_purpose: users_purpose.map(|text| text.value.as_str().into()),
        certificates,
        grants: grants::grants(document, diagnostics),
        files,
        confirmed: confirmed::confirmed(document, diagnostics),
    };
    allowed::allow(document, diagnostics);
    skew::check(&model.components, &model.nodes, diagnostics);
    separate::check(written.profile, &model, diagnostics);
    wide_trust::check(&model, diagnostics);
    external_trust::check(&model, diagnostics);
    idle::check(written, &model, diagnostics);
    unused_keyrings::check(written, &model, diagnostics);
    shared_keys::check(&model, diagnostics);
    model
}

fn format(document: &Document, diagnostics: &mut Diagnostics) {
    if let Some(format) = document.format.as_ref().filter(|format| format.value != 1) {
        let message = format!("this version of pkiplan does not read format {}", format.value);
        let diagnostic = Diagnostic::new(Code::UnsupportedFormat, message).at(format.span, "");
        diagnostics.push(diagnostic.help("write `format = 1`"));
    }
}
