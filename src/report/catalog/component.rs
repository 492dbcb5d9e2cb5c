//! Describes one component of the catalog.

use super::answer::{Component, FORMAT, Key, Line, Part, Setting};
use crate::lookup::settings;
use crate::plan::AtHand;
use crate::read::Literal;
use crate::read::catalog::{
    BundleTable, CertificateTable, ComponentDocument, DialTable, FileTable, KubeconfigTable, ListenTable,
};
use crate::read::plan::{Named, Text};
use crate::source::{Sources, Spanned};

/// All of it that plans and people see.
pub(super) fn component(document: &ComponentDocument, at_hand: &AtHand) -> Component {
    let sources = &at_hand.sources;
    let own = settings(document, sources).into_iter().map(|setting| Setting {
        from: sources.place(setting.span),
        name: setting.name,
        kind: setting.kind,
        default: setting.default,
        words: setting.words,
        about: setting.comment,
    });
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    Component {
        format: FORMAT,
        component: document.name.value.clone(),
        title: text(&document.title),
        from: sources.place(document.span),
        place: values(&document.place),
        versions: text(&document.versions),
        version: document.version.as_ref().map(|version| written(sources, version)),
        flag_table: text(&document.flag_table),
        unit: text(&document.unit),
        settings: own.collect(),
        flags: lines(sources, &document.flags),
        listens: parts(sources, &document.listens, listen),
        dials: parts(sources, &document.dials, dial),
        certificates: parts(sources, &document.certificates, certificate),
        bundles: parts(sources, &document.bundles, bundle),
        kubeconfigs: parts(sources, &document.kubeconfigs, kubeconfig),
        files: parts(sources, &document.files, file),
        manifests: parts(sources, &document.manifests, file),
    }
}

/// Keys with their values as they are written.
pub(super) fn lines(sources: &Sources, entries: &[(Text, Spanned<Literal>)]) -> Vec<Line> {
    let line = |(name, value): &(Text, Spanned<Literal>)| Line {
        name: name.value.clone(),
        value: written(sources, value),
        from: sources.place(name.span),
    };
    entries.iter().map(line).collect()
}

/// A value as it is written, on one line; of a table with a header of its own, what stands in it.
pub(super) fn written(sources: &Sources, value: &Spanned<Literal>) -> String {
    match &value.value {
        Literal::Table(entries) if !sources.slice(value.span).starts_with('{') => {
            let inner =
                entries.iter().map(|(key, value)| format!("{} = {}", key.value, written(sources, value)));
            format!("{{ {} }}", inner.collect::<Vec<_>>().join(", "))
        }
        _ => sources.slice(value.span).split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

type Keys = Vec<(&'static str, Option<String>)>;

fn parts<T>(sources: &Sources, named: &Named<T>, keys: fn(&T) -> Keys) -> Vec<Part> {
    let part = |(name, table): &(Text, T)| Part {
        name: name.value.clone(),
        keys: said(keys(table)),
        from: sources.place(name.span),
    };
    named.iter().map(part).collect()
}

fn said(keys: Keys) -> Vec<Key> {
    let said = keys.into_iter().filter_map(|(key, value)| Some((key, value?)));
    said.map(|(key, value)| Key { key: key.to_owned(), value }).collect()
}

fn values(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.value.clone()).collect()
}

fn one(text: &Option<Text>) -> Option<String> {
    text.as_ref().map(|text| text.value.clone())
}

fn many(texts: &[Text]) -> Option<String> {
    (!texts.is_empty()).then(|| values(texts).join(", "))
}

fn yes(flag: bool) -> Option<String> {
    flag.then(|| "true".to_owned())
}

fn listen(table: &ListenTable) -> Keys {
    vec![
        ("addresses", one(&table.addresses)),
        ("port", one(&table.port)),
        ("certificate", one(&table.certificate)),
        ("clients", one(&table.clients)),
        ("clients-required", yes(table.clients_required)),
        ("loopback", yes(table.loopback)),
    ]
}

fn dial(table: &DialTable) -> Keys {
    vec![
        ("to", one(&table.to)),
        ("reach", one(&table.reach)),
        ("by", one(&table.by)),
        ("certificate", one(&table.certificate)),
        ("trusts", one(&table.trusts)),
    ]
}

fn certificate(table: &CertificateTable) -> Keys {
    vec![
        ("authority", one(&table.authority)),
        ("per", one(&table.per)),
        ("usage", many(&table.usage)),
        ("common-name", one(&table.common_name)),
        ("organizations", many(&table.organizations)),
        ("dns", many(&table.dns)),
        ("ip", many(&table.ip)),
        ("takes-names", yes(table.takes_names)),
        ("rotated", one(&table.rotated)),
        ("when", one(&table.when)),
    ]
}

fn bundle(table: &BundleTable) -> Keys {
    vec![
        ("authorities", many(&table.authorities)),
        ("holds", one(&table.holds)),
        ("strict", yes(table.strict)),
    ]
}

fn kubeconfig(table: &KubeconfigTable) -> Keys {
    vec![
        ("dial", one(&table.current.dial)),
        ("token", one(&table.current.token)),
        ("of", one(&table.of)),
        ("class", one(&table.class)),
        ("when", one(&table.when)),
    ]
}

fn file(table: &FileTable) -> Keys {
    let kind = [(table.yaml.is_some(), "yaml"), (table.pkcs12.is_some(), "pkcs12"), (table.folder, "folder")];
    let kind = kind.into_iter().find(|(is, _)| *is).map(|(_, kind)| kind.to_owned());
    vec![
        ("template", one(&table.template)),
        ("content", kind),
        ("mode", one(&table.mode)),
        ("owner", one(&table.owner)),
        ("class", one(&table.class)),
        ("run", one(&table.run)),
        ("when", one(&table.when)),
    ]
}
