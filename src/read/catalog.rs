//! The catalog's definitions as they were written: components, profiles, layouts, flag tables.

use super::Literal;
use super::plan::{Authority, Component, Keyring, Literals, Named, Text, User, each};
use super::table::{Reader, Table};
use crate::source::{SourceId, Span, Spanned};

/// All definitions: those that are built in, and those of the user's folder, which come first.
#[derive(Debug, Default)]
pub struct CatalogDocuments {
    /// `components/NAME/component.toml`
    pub components: Vec<ComponentDocument>,
    /// `profiles/NAME.toml`
    pub profiles: Vec<ProfileDocument>,
    /// `layouts/NAME.toml`
    pub layouts: Vec<LayoutDocument>,
    /// `flags/NAME.toml`
    pub flags: Vec<FlagsDocument>,
    /// Templates by their path in the catalog.
    pub templates: Vec<TemplateDocument>,
}

/// A template's text.
#[derive(Debug)]
pub struct TemplateDocument {
    /// `components/etcd/etcd.conf.j2`
    pub name: String,
    /// Its text.
    pub source: SourceId,
}

/// What a component is.
#[derive(Debug)]
pub struct ComponentDocument {
    /// The file.
    pub source: SourceId,
    /// The folder in the catalog, `components/NAME`.
    pub folder: String,
    /// The header of `[component]`.
    pub span: Span,
    /// The folder's name.
    pub name: Text,
    /// A few words about it, for units.
    pub title: Option<Text>,
    /// Which nodes carry it.
    pub place: Vec<Text>,
    /// Which versions the definition is for.
    pub versions: Option<Text>,
    /// The version where the plan says none; the cluster's if absent.
    pub version: Option<Spanned<Literal>>,
    /// The flag table.
    pub flag_table: Option<Text>,
    /// Who owns its files.
    pub owner: Option<Text>,
    /// The way of running that it makes possible on its hosts.
    pub runner: Option<Text>,
    /// The unit that is restarted when its files change.
    pub unit: Option<Text>,
    /// What it serves of the VIPs that its place selects.
    pub serves: Vec<Text>,
    /// Whether an even number of instances is a mistake.
    pub quorum: bool,
    /// `[skew]`: how far versions may lie apart.
    pub skews: Literals,
    /// `[setting]`
    pub settings: Named<Setting>,
    /// `[certificate]`
    pub certificates: Named<CertificateTable>,
    /// `[bundle]`
    pub bundles: Named<Bundle>,
    /// `[listen]`
    pub listens: Named<Listen>,
    /// `[dial]`
    pub dials: Named<Dial>,
    /// `[kubeconfig]`
    pub kubeconfigs: Named<Kubeconfig>,
    /// `[flags]`
    pub flags: Literals,
    /// `[file]`
    pub files: Named<File>,
    /// `[manifest]`: what is applied to the API.
    pub manifests: Named<File>,
    /// `[reload]`: artefacts that are re-read without a restart.
    pub reloads: Literals,
    /// `[sensitive]`: what a change can give away.
    pub sensitive: Named<Sensitive>,
    /// Paths for layouts that do not know the component: `[layout.NAME]`.
    pub layouts: Named<Paths>,
}

/// `[setting.NAME]`
#[derive(Debug)]
pub struct Setting {
    /// The header.
    pub span: Span,
    /// `port`, `text`, `integer`, `boolean`, `list`.
    pub kind: Option<Text>,
    /// Its value where the plan says none.
    pub default: Option<Spanned<Literal>>,
    /// The only words that it takes.
    pub words: Vec<Text>,
}

/// `[certificate.NAME]` of a component.
#[derive(Debug)]
pub struct CertificateTable {
    /// The header.
    pub span: Span,
    /// The purpose whose authority issues it.
    pub authority: Option<Text>,
    /// `client`, `server`.
    pub usage: Vec<Text>,
    /// Its common name.
    pub common_name: Option<Text>,
    /// Its organizations.
    pub organizations: Vec<Text>,
    /// DNS names.
    pub dns: Vec<Text>,
    /// Addresses.
    pub ip: Vec<Text>,
    /// Whether `names.add` of the plan goes into it.
    pub takes_names: bool,
    /// Only if this holds.
    pub when: Option<Text>,
}

/// `[bundle.NAME]`
#[derive(Debug)]
pub struct Bundle {
    /// The header.
    pub span: Span,
    /// The purposes whose authorities it holds.
    pub authorities: Vec<Text>,
    /// `roots` or `issuers`.
    pub holds: Option<Text>,
}

/// `[listen.NAME]`
#[derive(Debug)]
pub struct Listen {
    /// The header.
    pub span: Span,
    /// Where it is dialled.
    pub addresses: Option<Text>,
    /// The port.
    pub port: Option<Text>,
    /// The certificate it shows; none: no TLS of its own.
    pub certificate: Option<Text>,
    /// The bundle that clients' certificates are checked against.
    pub clients: Option<Text>,
    /// Whether a client must show one.
    pub clients_required: bool,
    /// Whether it also answers on the loopback addresses.
    pub loopback: bool,
}

/// `[dial.NAME]`
#[derive(Debug)]
pub struct Dial {
    /// The header.
    pub span: Span,
    /// `COMPONENT.LISTEN`
    pub to: Option<Text>,
    /// `every`, `others`, `same-host`, `endpoint`, `behind-vips`.
    pub reach: Option<Text>,
    /// `address`, `name`, `loopback`.
    pub by: Option<Text>,
    /// The certificate it presents.
    pub certificate: Option<Text>,
    /// The bundle it trusts.
    pub trusts: Option<Text>,
}

/// `[kubeconfig.NAME]`
#[derive(Debug)]
pub struct Kubeconfig {
    /// The header.
    pub span: Span,
    /// The kubeconfig of another component of the host that is meant instead.
    pub of: Option<Text>,
    /// The current context.
    pub current: Context,
    /// The current context's name.
    pub context: Option<Text>,
    /// `[kubeconfig.NAME.contexts.CONTEXT]`: more of them.
    pub contexts: Named<Context>,
    /// Whether certificates and keys stand in it rather than their paths: a boolean or a condition.
    pub embed: Option<Spanned<Literal>>,
    /// What the host does with it.
    pub class: Option<Text>,
    /// Only if this holds.
    pub when: Option<Text>,
}

/// A context of a kubeconfig: a cluster and a user.
#[derive(Debug)]
pub struct Context {
    /// The header.
    pub span: Span,
    /// The dial whose address, certificate and trust it holds.
    pub dial: Option<Text>,
    /// The keyring whose token stands in it, instead of a certificate.
    pub token: Option<Text>,
    /// The cluster's name in it.
    pub cluster: Option<Text>,
    /// The user's name in it.
    pub user: Option<Text>,
    /// The namespace that is meant where none is said.
    pub namespace: Option<Text>,
}

/// `[file.NAME]` and `[manifest.NAME]`
#[derive(Debug)]
pub struct File {
    /// The header.
    pub span: Span,
    /// A text template.
    pub template: Option<Text>,
    /// Typed YAML: one document or a list of documents.
    pub yaml: Option<Spanned<Literal>>,
    /// A folder rather than a file.
    pub folder: bool,
    /// `0644` where absent.
    pub mode: Option<Text>,
    /// The component's owner where absent.
    pub owner: Option<Text>,
    /// `managed` where absent.
    pub class: Option<Text>,
    /// `systemd` or `static-pod`: only for this way of running.
    pub run: Option<Text>,
    /// Only if this holds.
    pub when: Option<Text>,
    /// More values for the template, under `with`.
    pub with: Literals,
}

/// `[sensitive.NAME]`: what a change can give away.
#[derive(Debug)]
pub struct Sensitive {
    /// The header.
    pub span: Span,
    /// The rest of a sentence: what it decides.
    pub because: Option<Text>,
    /// Flags by name; a `*` at the end stands for any rest.
    pub flags: Vec<Text>,
    /// Values of its YAML files by path; a `*` at the end stands for any rest.
    pub fields: Vec<Text>,
    /// A bundle: whoever has a client certificate below one of its authorities is let in.
    pub clients: Option<Text>,
    /// The values that give something away; none: any other value does.
    pub weak: Vec<Text>,
    /// The items of a list that must stay; none: all that it holds counts.
    pub keep: Vec<Text>,
}

/// `profiles/NAME.toml`
#[derive(Debug)]
pub struct ProfileDocument {
    /// The file's name.
    pub name: String,
    /// The file.
    pub source: SourceId,
    /// Which components.
    pub components: Vec<Text>,
    /// Which roles.
    pub roles: Vec<Text>,
    /// Where things lie unless the plan says otherwise.
    pub layout: Option<Text>,
    /// The version unless the plan says otherwise.
    pub version: Option<Text>,
    /// `COMPONENT.LISTEN` that VIPs and the endpoint lead to.
    pub endpoint: Option<Text>,
    /// How VIPs are served unless the plan says otherwise.
    pub served_by: Option<Text>,
    /// The purpose of users' certificates.
    pub users_authority: Option<Text>,
    /// The purposes that must not share an authority, and the flag that makes it safe.
    pub separate: Named<Separate>,
    /// Default authorities.
    pub authorities: Named<Authority>,
    /// Default keyrings.
    pub keyrings: Named<Keyring>,
    /// Defaults for components.
    pub component_defaults: Named<Component>,
    /// Default users.
    pub users: Named<User>,
}

/// `[separate.PURPOSE]`: which purpose must have an authority of its own.
#[derive(Debug)]
pub struct Separate {
    /// The other purposes.
    pub from: Vec<Text>,
    /// A few words: what an authority for both gives away.
    pub because: Option<Text>,
    /// `COMPONENT.FLAG` that makes sharing bearable; none: nothing does.
    pub unless: Option<Text>,
}

/// `layouts/NAME.toml`
#[derive(Debug)]
pub struct LayoutDocument {
    /// The file's name.
    pub name: String,
    /// The file.
    pub source: SourceId,
    /// The layout that counts where this one says nothing.
    pub extends: Option<Text>,
    /// Folders with modes of their own.
    pub folders: Literals,
    /// `[authority.PURPOSE]`
    pub authorities: Named<Paths>,
    /// `[keyring.NAME]`
    pub keyrings: Named<Paths>,
    /// `[component.NAME]`
    pub components: Named<Paths>,
    /// `[default]`: patterns for what has no line of its own.
    pub default: Option<Paths>,
}

/// Paths by what they are of: `certificate.serving.key` is `["certificate", "serving", "key"]`.
#[derive(Debug)]
pub struct Paths {
    /// The header.
    pub span: Span,
    /// As written.
    pub entries: Literals,
}

/// `flags/NAME.toml`
#[derive(Debug)]
pub struct FlagsDocument {
    /// The program.
    pub name: String,
    /// The file.
    pub source: SourceId,
    /// The versions that the table knows.
    pub covers: Option<Text>,
    /// Each flag's type, and where it came or went.
    pub flags: Literals,
}

impl ComponentDocument {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>, folder: String) -> Option<Self> {
        t.require_now(reader, "component");
        let mut head = t.table(reader, "component")?;
        head.require_now(reader, "name");
        let name = head.text(reader, "name")?;
        let document = ComponentDocument {
            source: reader.source,
            folder,
            span: head.span,
            name,
            title: head.text(reader, "title"),
            place: head.one_or_more(reader, "place").unwrap_or_default(),
            versions: head.text(reader, "versions"),
            version: head.literal(reader, "version"),
            flag_table: head.text(reader, "flag-table"),
            owner: head.text(reader, "owner"),
            runner: head.text(reader, "runner"),
            unit: head.text(reader, "unit"),
            serves: head.one_or_more(reader, "serves").unwrap_or_default(),
            quorum: head.boolean(reader, "quorum").is_some_and(|q| q.value),
            skews: t.literals(reader, "skew"),
            settings: each(reader, &mut t, "setting", Setting::read),
            certificates: each(reader, &mut t, "certificate", CertificateTable::read),
            bundles: each(reader, &mut t, "bundle", Bundle::read),
            listens: each(reader, &mut t, "listen", Listen::read),
            dials: each(reader, &mut t, "dial", Dial::read),
            kubeconfigs: each(reader, &mut t, "kubeconfig", Kubeconfig::read),
            flags: t.literals(reader, "flags"),
            files: each(reader, &mut t, "file", File::read),
            manifests: each(reader, &mut t, "manifest", File::read),
            reloads: t.literals(reader, "reload"),
            sensitive: each(reader, &mut t, "sensitive", Sensitive::read),
            layouts: layouts(reader, &mut t, "layout"),
        };
        head.finish(reader);
        t.finish(reader);
        Some(document)
    }
}

/// `[key.NAME]` tables whose content is paths.
fn layouts(reader: &mut Reader<'_>, t: &mut Table<'_, '_>, key: &'static str) -> Named<Paths> {
    let paths = |(name, value): (Text, Spanned<Literal>)| match value.value {
        Literal::Table(entries) => Some((name, Paths { span: value.span, entries })),
        _ => None,
    };
    t.literals(reader, key).into_iter().filter_map(paths).collect()
}

impl Setting {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let setting = Setting {
            span: t.span,
            kind: t.required_text(reader, "type"),
            default: t.literal(reader, "default"),
            words: t.texts(reader, "words").unwrap_or_default(),
        };
        t.finish(reader);
        setting
    }
}

impl CertificateTable {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let table = CertificateTable {
            span: t.span,
            authority: t.required_text(reader, "authority"),
            usage: t.one_or_more(reader, "usage").unwrap_or_default(),
            common_name: t.required_text(reader, "common-name"),
            organizations: t.texts(reader, "organizations").unwrap_or_default(),
            dns: t.texts(reader, "dns").unwrap_or_default(),
            ip: t.texts(reader, "ip").unwrap_or_default(),
            takes_names: t.boolean(reader, "takes-names").is_some_and(|b| b.value),
            when: t.text(reader, "when"),
        };
        t.finish(reader);
        table
    }
}

impl Bundle {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let bundle = Bundle {
            span: t.span,
            authorities: t.texts(reader, "authorities").unwrap_or_default(),
            holds: t.text(reader, "holds"),
        };
        t.finish(reader);
        bundle
    }
}

impl Listen {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let listen = Listen {
            span: t.span,
            addresses: t.required_text(reader, "addresses"),
            port: t.required_text(reader, "port"),
            certificate: t.text(reader, "certificate"),
            clients: t.text(reader, "clients"),
            clients_required: t.boolean(reader, "clients-required").is_some_and(|b| b.value),
            loopback: t.boolean(reader, "loopback").is_some_and(|b| b.value),
        };
        t.finish(reader);
        listen
    }
}

impl Dial {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let dial = Dial {
            span: t.span,
            to: t.required_text(reader, "to"),
            reach: t.text(reader, "reach"),
            by: t.text(reader, "by"),
            certificate: t.text(reader, "certificate"),
            trusts: t.text(reader, "trusts"),
        };
        t.finish(reader);
        dial
    }
}

impl Kubeconfig {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let kubeconfig = Kubeconfig {
            span: t.span,
            of: t.text(reader, "of"),
            current: Context::keys(reader, &mut t),
            context: t.text(reader, "context"),
            contexts: each(reader, &mut t, "contexts", |reader, mut t| {
                let context = Context::keys(reader, &mut t);
                t.finish(reader);
                context
            }),
            embed: t.literal(reader, "embed"),
            class: t.text(reader, "class"),
            when: t.text(reader, "when"),
        };
        t.finish(reader);
        kubeconfig
    }
}

impl Context {
    /// The keys that the current context and the others have alike.
    fn keys(reader: &mut Reader<'_>, t: &mut Table<'_, '_>) -> Self {
        Context {
            span: t.span,
            dial: t.required_text(reader, "dial"),
            token: t.text(reader, "token"),
            cluster: t.text(reader, "cluster"),
            user: t.text(reader, "user"),
            namespace: t.text(reader, "namespace"),
        }
    }
}

impl File {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let file = File {
            span: t.span,
            template: t.text(reader, "template"),
            yaml: t.literal(reader, "yaml"),
            folder: t.boolean(reader, "folder").is_some_and(|b| b.value),
            mode: t.text(reader, "mode"),
            owner: t.text(reader, "owner"),
            class: t.text(reader, "class"),
            run: t.text(reader, "run"),
            when: t.text(reader, "when"),
            with: t.literals(reader, "with"),
        };
        t.finish(reader);
        file
    }
}

impl Sensitive {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let sensitive = Sensitive {
            span: t.span,
            because: t.required_text(reader, "because"),
            flags: t.one_or_more(reader, "flags").unwrap_or_default(),
            fields: t.one_or_more(reader, "fields").unwrap_or_default(),
            clients: t.text(reader, "clients"),
            weak: t.one_or_more(reader, "weak").unwrap_or_default(),
            keep: t.one_or_more(reader, "keep").unwrap_or_default(),
        };
        t.finish(reader);
        sensitive
    }
}

impl ProfileDocument {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>, name: String) -> Self {
        let profile = ProfileDocument {
            name,
            source: reader.source,
            components: t.texts(reader, "components").unwrap_or_default(),
            roles: t.texts(reader, "roles").unwrap_or_default(),
            layout: t.text(reader, "layout"),
            version: t.text(reader, "version"),
            endpoint: t.text(reader, "endpoint"),
            served_by: t.text(reader, "served-by"),
            users_authority: t.text(reader, "users-authority"),
            separate: each(reader, &mut t, "separate", |reader, mut t| {
                let separate = Separate {
                    from: t.one_or_more(reader, "from").unwrap_or_default(),
                    because: t.text(reader, "because"),
                    unless: t.text(reader, "unless"),
                };
                t.finish(reader);
                separate
            }),
            authorities: each(reader, &mut t, "authority", Authority::read),
            keyrings: each(reader, &mut t, "keyring", Keyring::read),
            component_defaults: each(reader, &mut t, "component", Component::read),
            users: each(reader, &mut t, "user", User::read),
        };
        t.finish(reader);
        profile
    }
}

impl LayoutDocument {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>, name: String) -> Self {
        let default = t.table(reader, "default").map(|inner| inner.span);
        let layout = LayoutDocument {
            name,
            source: reader.source,
            extends: t.text(reader, "extends"),
            folders: t.literals(reader, "folder"),
            authorities: layouts(reader, &mut t, "authority"),
            keyrings: layouts(reader, &mut t, "keyring"),
            components: layouts(reader, &mut t, "component"),
            default: default.map(|span| Paths { span, entries: t.literals(reader, "default") }),
        };
        t.finish(reader);
        layout
    }
}

impl FlagsDocument {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let flags = FlagsDocument {
            name: t.required_text(reader, "program").map(|p| p.value).unwrap_or_default(),
            source: reader.source,
            covers: t.text(reader, "covers"),
            flags: t.literals(reader, "flags"),
        };
        t.finish(reader);
        flags
    }
}
