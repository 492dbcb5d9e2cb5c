//! The plan as it was written.

use super::Literal;
use super::table::{Reader, Table};
use super::unread::Unread;
use crate::source::{Span, Spanned};

/// A text with its place.
pub type Text = Spanned<String>;
/// A named table: its key and what stands in it.
pub type Named<T> = Vec<(Text, T)>;
/// Keys of the user's own with their values.
pub type Literals = Vec<(Text, Spanned<Literal>)>;

/// A whole plan.
#[derive(Debug, Default)]
pub struct Document {
    /// The tables that could not be read: what they define is not missing.
    pub unread: Unread,
    /// `format = 1`
    pub format: Option<Spanned<i64>>,
    /// `catalog = "folder"`: definitions beside the built-in ones.
    pub catalog: Option<Text>,
    /// `[import.NAME]`
    pub imports: Named<Import>,
    /// `[cluster]`
    pub cluster: Option<Cluster>,
    /// `[node.NAME]`
    pub nodes: Named<Node>,
    /// `[pool.NAME]`
    pub pools: Named<Pool>,
    /// `[vip.NAME]`
    pub vips: Named<Vip>,
    /// `[external.NAME]`
    pub externals: Named<External>,
    /// `[authority.NAME]`
    pub authorities: Named<Authority>,
    /// `[keyring.NAME]`
    pub keyrings: Named<Keyring>,
    /// `[secret.NAME]`
    pub secrets: Named<Secret>,
    /// `[component.NAME]`
    pub components: Named<Component>,
    /// `[user.NAME]`
    pub users: Named<User>,
    /// `[certificate.NAME]`
    pub certificates: Named<Certificate>,
}

/// `[import.NAME]`
#[derive(Debug)]
pub struct Import {
    /// The other plan, by its path from this one's folder.
    pub plan: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[cluster]`
#[derive(Debug)]
pub struct Cluster {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// Its name, as in kubeconfigs.
    pub name: Option<Text>,
    /// Which components and defaults.
    pub profile: Option<Text>,
    /// Where things lie.
    pub layout: Option<Text>,
    /// `systemd` or `static-pod`.
    pub run: Option<Text>,
    /// The Kubernetes version.
    pub version: Option<Text>,
    /// The DNS domain of services.
    pub domain: Option<Text>,
    /// Service networks.
    pub service_cidrs: Option<Vec<Text>>,
    /// Pod networks.
    pub pod_cidrs: Option<Vec<Text>>,
    /// `vip.NAME` or `node.NAME`.
    pub endpoint: Option<Text>,
    /// `address` or `name`: how the endpoint is dialled.
    pub endpoint_by: Option<Text>,
    /// Roles beside those of the profile.
    pub roles: Option<Vec<Text>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[node.NAME]`
#[derive(Debug)]
pub struct Node {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// The first is the one that is dialled.
    pub addresses: Option<Vec<Text>>,
    /// What it is for.
    pub roles: Option<Vec<Text>>,
    /// Where VIPs stand on it.
    pub interface: Option<Text>,
    /// Its VRRP priority.
    pub priority: Option<Spanned<i64>>,
    /// The name whose keys it keeps.
    pub was: Option<Text>,
    /// `[node.NAME.component.NAME]`
    pub components: Named<Component>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[pool.NAME]`
#[derive(Debug)]
pub struct Pool {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// `worker-{0001..9990}`
    pub names: Option<Text>,
    /// The address of the first.
    pub first_address: Option<Text>,
    /// The IPv6 address of the first.
    pub first_address_v6: Option<Text>,
    /// What its nodes are for.
    pub roles: Option<Vec<Text>>,
    /// Where VIPs stand on them.
    pub interface: Option<Text>,
    /// `[pool.NAME.component.NAME]`
    pub components: Named<Component>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[vip.NAME]`
#[derive(Debug)]
pub struct Vip {
    /// The header.
    pub span: Span,
    /// Its addresses, at most one of each family.
    pub addresses: Option<Vec<Text>>,
    /// Its DNS name.
    pub host: Option<Text>,
    /// The port that it takes.
    pub port: Option<Spanned<i64>>,
    /// `external`, or a word that a component of the catalog selects.
    pub served_by: Option<Text>,
    /// Which nodes carry it.
    pub nodes: Option<Vec<Text>>,
    /// `COMPONENT.LISTEN` that stands behind it.
    pub to: Option<Text>,
    /// The interface on its nodes.
    pub interface: Option<Text>,
    /// The VRRP router of the first family; the second takes the next.
    pub router_id: Option<Spanned<i64>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[external.COMPONENT]`
#[derive(Debug)]
pub struct External {
    /// Where it is dialled.
    pub urls: Option<Vec<Text>>,
    /// The authority of what its clients present.
    pub clients: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[authority.NAME]`
#[derive(Debug)]
pub struct Authority {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// The purposes it serves; its own name if absent.
    pub serves: Option<Vec<Text>>,
    /// The authority above it; none for a root.
    pub issuer: Option<Text>,
    /// Its common name.
    pub common_name: Option<Text>,
    /// Its organizations.
    pub organizations: Option<Vec<Text>>,
    /// Its kind of key.
    pub key: Option<Text>,
    /// The kind of key of what it issues.
    pub issued_key: Option<Text>,
    /// How long it is valid itself.
    pub own: Option<Text>,
    /// How long what it issues is valid.
    pub issued: Option<Text>,
    /// `validity.spread`
    pub spread: Option<Text>,
    /// How many authorities may follow below it.
    pub path_length: Option<Spanned<i64>>,
    /// What names it may certify.
    pub name_constraints: Option<NameConstraints>,
    /// Which keys are used and trusted.
    pub generations: Option<Generations>,
    /// Generations whose keys were made elsewhere: by their numbers, what tells which key it is.
    pub imported: Literals,
    /// The name whose keys it keeps.
    pub was: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[authority.NAME.name-constraints]`
#[derive(Debug)]
pub struct NameConstraints {
    /// DNS names that it may certify, with all below them.
    pub permitted_dns: Option<Vec<Text>>,
    /// Networks whose addresses it may certify.
    pub permitted_ip: Option<Vec<Text>>,
    /// DNS names that it may not certify.
    pub excluded_dns: Option<Vec<Text>>,
    /// Networks whose addresses it may not certify.
    pub excluded_ip: Option<Vec<Text>>,
}

/// `generations = { use = 1, trust = [1] }`
#[derive(Debug)]
pub struct Generations {
    /// The whole table.
    pub span: Span,
    /// The one that signs.
    pub used: Option<Spanned<i64>>,
    /// Those that are accepted.
    pub trust: Option<Vec<Spanned<i64>>>,
}

/// `[secret.NAME]`
#[derive(Debug)]
pub struct Secret {
    /// How often it was replaced.
    pub epoch: Option<Spanned<i64>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[keyring.NAME]`
#[derive(Debug)]
pub struct Keyring {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// `bootstrap-token`, `encryption`, `key-pair`, `password` or `static-token`.
    pub kind: Option<Text>,
    /// The kind of key of a key pair.
    pub key: Option<Text>,
    /// The kinds of keys that its users can use; any if absent.
    pub takes: Option<Vec<Text>>,
    /// Characters of a password.
    pub length: Option<Spanned<i64>>,
    /// The user that a static token stands for.
    pub user: Option<Text>,
    /// That user's id.
    pub uid: Option<Text>,
    /// The groups that a token's bearer is in.
    pub groups: Option<Vec<Text>>,
    /// How long a generation of bootstrap tokens is valid.
    pub validity: Option<Text>,
    /// Which keys are used and trusted.
    pub generations: Option<Generations>,
    /// Generations whose keys were made elsewhere, as of authorities.
    pub imported: Literals,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[component.NAME]`, also of a pool or a node.
#[derive(Debug)]
pub struct Component {
    /// The header.
    pub span: Span,
    /// Its version.
    pub version: Option<Text>,
    /// `systemd` or `static-pod`.
    pub run: Option<Text>,
    /// Whether it is there at all.
    pub enabled: Option<Spanned<bool>>,
    /// Which nodes carry it.
    pub place: Option<Vec<Text>>,
    /// Names that its serving certificates get beside their own.
    pub names_add: Vec<Text>,
    /// `bundle.NAME.add`: authorities that a bundle gets beside its own.
    pub bundles_add: Named<Vec<Text>>,
    /// `flags.set`
    pub flags_set: Literals,
    /// `flags.append`
    pub flags_append: Literals,
    /// `flags.unset`
    pub flags_unset: Vec<Text>,
    /// `setting.NAME`
    pub settings: Literals,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[user.NAME]`
#[derive(Debug)]
pub struct User {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// The user name; the table's name if absent.
    pub common_name: Option<Text>,
    /// The groups.
    pub organizations: Option<Vec<Text>>,
    /// How long the certificate is valid.
    pub validity: Option<Text>,
    /// Its kind of key.
    pub key: Option<Text>,
    /// `false` takes a user of the profile away.
    pub enabled: Option<Spanned<bool>>,
    /// The name whose key it keeps.
    pub was: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[certificate.NAME]`
#[derive(Debug)]
pub struct Certificate {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// Who issues it.
    pub authority: Option<Text>,
    /// `client`, `server`.
    pub usage: Option<Vec<Text>>,
    /// Its common name.
    pub common_name: Option<Text>,
    /// Its organizations.
    pub organizations: Option<Vec<Text>>,
    /// Its organizational units.
    pub organizational_units: Option<Vec<Text>>,
    /// DNS names.
    pub dns: Option<Vec<Text>>,
    /// Addresses.
    pub ip: Option<Vec<Text>>,
    /// URIs.
    pub uri: Option<Vec<Text>>,
    /// Mail addresses.
    pub email: Option<Vec<Text>>,
    /// Which nodes get it, each its own; none: it lies under `users/`.
    pub nodes: Option<Vec<Text>>,
    /// Whether the node's name and addresses are added.
    pub node_names: Option<Spanned<bool>>,
    /// Where the certificate lies.
    pub certificate_file: Option<Text>,
    /// Where the key lies.
    pub key_file: Option<Text>,
    /// Where the roots that it chains to lie.
    pub roots_file: Option<Text>,
    /// Who owns the key.
    pub owner: Option<Text>,
    /// How long it is valid.
    pub validity: Option<Text>,
    /// Its kind of key.
    pub key: Option<Text>,
    /// The name whose key it keeps.
    pub was: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl Document {
    pub(super) fn read(reader: &mut Reader<'_>, mut table: Table<'_, '_>) -> Self {
        let mut document = Document {
            unread: Unread::default(),
            format: table.integer(reader, "format"),
            catalog: table.text(reader, "catalog"),
            imports: each(reader, &mut table, "import", Import::read),
            cluster: table.table(reader, "cluster").map(|t| Cluster::read(reader, t)),
            nodes: each(reader, &mut table, "node", Node::read),
            pools: each(reader, &mut table, "pool", Pool::read),
            vips: each(reader, &mut table, "vip", Vip::read),
            externals: each(reader, &mut table, "external", External::read),
            authorities: each(reader, &mut table, "authority", Authority::read),
            keyrings: each(reader, &mut table, "keyring", Keyring::read),
            secrets: each(reader, &mut table, "secret", Secret::read),
            components: each(reader, &mut table, "component", Component::read),
            users: each(reader, &mut table, "user", User::read),
            certificates: each(reader, &mut table, "certificate", Certificate::read),
        };
        table.require(reader, "format");
        let span = table.span;
        document.unread = table.finish(reader);
        // Of a cluster whose table could not be read, what is written elsewhere is resolved all the same.
        if document.cluster.is_none() && document.unread.holds("cluster") {
            document.cluster = Some(Cluster::unread(span));
        }
        document
    }
}

/// Reads every `[key.NAME]`.
pub(super) fn each<'a, 'i, T>(
    reader: &mut Reader<'_>,
    table: &mut Table<'a, 'i>,
    key: &'static str,
    read: impl Fn(&mut Reader<'_>, Table<'a, 'i>) -> T,
) -> Named<T> {
    table.named(reader, key).into_iter().map(|(name, inner)| (name, read(reader, inner))).collect()
}

impl Import {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut import = Import { plan: t.required_text(reader, "plan"), unread: Unread::default() };
        import.unread = t.finish(reader);
        import
    }
}

/// What a table `bundle.NAME` adds.
fn added(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Vec<Text> {
    let added = t.texts(reader, "add").unwrap_or_default();
    t.finish(reader);
    added
}

impl Cluster {
    fn unread(span: Span) -> Self {
        Cluster {
            span,
            secret: None,
            name: None,
            profile: None,
            layout: None,
            run: None,
            version: None,
            domain: None,
            service_cidrs: None,
            pod_cidrs: None,
            endpoint: None,
            endpoint_by: None,
            roles: None,
            unread: Unread::everything(),
        }
    }

    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "name");
        let mut cluster = Cluster {
            span: t.span,
            secret: t.text(reader, "secret"),
            name: t.text(reader, "name"),
            profile: t.text(reader, "profile"),
            layout: t.text(reader, "layout"),
            run: t.text(reader, "run"),
            version: t.text(reader, "version"),
            domain: t.text(reader, "domain"),
            service_cidrs: t.texts(reader, "service-cidrs"),
            pod_cidrs: t.texts(reader, "pod-cidrs"),
            endpoint: t.text(reader, "endpoint"),
            endpoint_by: t.text(reader, "endpoint-by"),
            roles: t.texts(reader, "roles"),
            unread: Unread::default(),
        };
        cluster.unread = t.finish(reader);
        cluster
    }
}

impl Node {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "addresses");
        let mut node = Node {
            span: t.span,
            secret: t.text(reader, "secret"),
            addresses: t.texts(reader, "addresses"),
            roles: t.texts(reader, "roles"),
            interface: t.text(reader, "interface"),
            priority: t.integer(reader, "priority"),
            was: t.text(reader, "was"),
            components: each(reader, &mut t, "component", Component::read),
            unread: Unread::default(),
        };
        node.unread = t.finish(reader);
        node
    }
}

impl Pool {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut pool = Pool {
            span: t.span,
            secret: t.text(reader, "secret"),
            names: t.required_text(reader, "names"),
            first_address: t.required_text(reader, "first-address"),
            first_address_v6: t.text(reader, "first-address-v6"),
            roles: t.texts(reader, "roles"),
            interface: t.text(reader, "interface"),
            components: each(reader, &mut t, "component", Component::read),
            unread: Unread::default(),
        };
        pool.unread = t.finish(reader);
        pool
    }
}

impl Vip {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "port");
        let mut vip = Vip {
            span: t.span,
            addresses: t.texts(reader, "addresses"),
            host: t.text(reader, "host"),
            port: t.integer(reader, "port"),
            served_by: t.text(reader, "served-by"),
            nodes: t.one_or_more(reader, "nodes"),
            to: t.text(reader, "to"),
            interface: t.text(reader, "interface"),
            router_id: t.integer(reader, "router-id"),
            unread: Unread::default(),
        };
        vip.unread = t.finish(reader);
        vip
    }
}

impl External {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "urls");
        let mut external = External {
            urls: t.texts(reader, "urls"),
            clients: t.text(reader, "clients"),
            unread: Unread::default(),
        };
        external.unread = t.finish(reader);
        external
    }
}

impl Authority {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut validity = t.table(reader, "validity");
        let mut authority = Authority {
            span: t.span,
            secret: t.text(reader, "secret"),
            serves: t.texts(reader, "serves"),
            issuer: t.text(reader, "issuer"),
            common_name: t.text(reader, "common-name"),
            organizations: t.texts(reader, "organizations"),
            key: t.text(reader, "key"),
            issued_key: t.text(reader, "issued-key"),
            own: validity.as_mut().and_then(|v| v.text(reader, "own")),
            issued: validity.as_mut().and_then(|v| v.text(reader, "issued")),
            spread: validity.as_mut().and_then(|v| v.text(reader, "spread")),
            path_length: t.integer(reader, "path-length"),
            name_constraints: t
                .table(reader, "name-constraints")
                .map(|table| NameConstraints::read(reader, table)),
            generations: t.table(reader, "generations").map(|g| Generations::read(reader, g)),
            imported: t.literals(reader, "imported"),
            was: t.text(reader, "was"),
            unread: Unread::default(),
        };
        if let Some(validity) = validity {
            validity.finish(reader);
        }
        authority.unread = t.finish(reader);
        authority
    }
}

impl NameConstraints {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let constraints = NameConstraints {
            permitted_dns: t.texts(reader, "permitted-dns"),
            permitted_ip: t.texts(reader, "permitted-ip"),
            excluded_dns: t.texts(reader, "excluded-dns"),
            excluded_ip: t.texts(reader, "excluded-ip"),
        };
        t.finish(reader);
        constraints
    }
}

impl Generations {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "use");
        let generations =
            Generations { span: t.span, used: t.integer(reader, "use"), trust: t.integers(reader, "trust") };
        t.finish(reader);
        generations
    }
}

impl Secret {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut secret = Secret { epoch: t.integer(reader, "epoch"), unread: Unread::default() };
        secret.unread = t.finish(reader);
        secret
    }
}

impl Keyring {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut keyring = Keyring {
            span: t.span,
            secret: t.text(reader, "secret"),
            kind: t.text(reader, "kind"),
            key: t.text(reader, "key"),
            takes: t.texts(reader, "takes"),
            length: t.integer(reader, "length"),
            user: t.text(reader, "user"),
            uid: t.text(reader, "uid"),
            groups: t.texts(reader, "groups"),
            validity: t.text(reader, "validity"),
            generations: t.table(reader, "generations").map(|g| Generations::read(reader, g)),
            imported: t.literals(reader, "imported"),
            unread: Unread::default(),
        };
        keyring.unread = t.finish(reader);
        keyring
    }
}

impl Component {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut names = t.table(reader, "names");
        let mut flags = t.table(reader, "flags");
        let mut component = Component {
            span: t.span,
            version: t.text(reader, "version"),
            run: t.text(reader, "run"),
            enabled: t.boolean(reader, "enabled"),
            place: t.one_or_more(reader, "place"),
            names_add: names.as_mut().and_then(|n| n.texts(reader, "add")).unwrap_or_default(),
            bundles_add: each(reader, &mut t, "bundle", added),
            flags_set: flags.as_mut().map(|f| f.literals(reader, "set")).unwrap_or_default(),
            flags_append: flags.as_mut().map(|f| f.literals(reader, "append")).unwrap_or_default(),
            flags_unset: flags.as_mut().and_then(|f| f.texts(reader, "unset")).unwrap_or_default(),
            settings: t.literals(reader, "setting"),
            unread: Unread::default(),
        };
        for inner in [names, flags].into_iter().flatten() {
            inner.finish(reader);
        }
        component.unread = t.finish(reader);
        component
    }
}

impl User {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut user = User {
            span: t.span,
            secret: t.text(reader, "secret"),
            common_name: t.text(reader, "common-name"),
            organizations: t.texts(reader, "organizations"),
            validity: t.text(reader, "validity"),
            key: t.text(reader, "key"),
            enabled: t.boolean(reader, "enabled"),
            was: t.text(reader, "was"),
            unread: Unread::default(),
        };
        user.unread = t.finish(reader);
        user
    }
}

impl Certificate {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "authority");
        t.require(reader, "usage");
        let mut certificate = Certificate {
            span: t.span,
            secret: t.text(reader, "secret"),
            authority: t.text(reader, "authority"),
            usage: t.one_or_more(reader, "usage"),
            common_name: t.text(reader, "common-name"),
            organizations: t.texts(reader, "organizations"),
            organizational_units: t.texts(reader, "organizational-units"),
            dns: t.texts(reader, "dns"),
            ip: t.texts(reader, "ip"),
            uri: t.texts(reader, "uri"),
            email: t.texts(reader, "email"),
            nodes: t.one_or_more(reader, "nodes"),
            node_names: t.boolean(reader, "node-names"),
            certificate_file: t.text(reader, "certificate-file"),
            key_file: t.text(reader, "key-file"),
            roots_file: t.text(reader, "roots-file"),
            owner: t.text(reader, "owner"),
            validity: t.text(reader, "validity"),
            key: t.text(reader, "key"),
            was: t.text(reader, "was"),
            unread: Unread::default(),
        };
        certificate.unread = t.finish(reader);
        certificate
    }
}
