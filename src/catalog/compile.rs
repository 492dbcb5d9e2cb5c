//! Compiles the document of a component into its definition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compiler::Compiler;
use super::definition::{
    Bundle, CertificateDefinition, Definition, Dial, DialBy, FlagDefinition, Holds, Listen, Reach, Setting,
    SettingKind,
};
use super::file::FileDefinition;
use super::flags::FlagTable;
use super::kubeconfig::KubeconfigDefinition;
use super::layout::Paths;
use super::reads::Reads;
use super::reference::Names;
use super::reload::Reload;
use super::root::Root;
use super::run::Effect;
use super::scope;
use super::serves::Serves;
use super::tree::Template;
use super::versions;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::expression::{Schema, field};
use crate::read::Literal;
use crate::read::catalog::ComponentDocument;
use crate::read::plan::Text;
use crate::source::{Span, Spanned};
use crate::values::{TextForm, Usage};

impl Compiler<'_> {
    pub(super) fn definition(
        &mut self,
        document: &ComponentDocument,
        flag_tables: &BTreeMap<String, Arc<FlagTable>>,
    ) -> Definition {
        let early = scope::endpoints(document);
        let late = scope::flags(document);
        let mut names = Names { document, purposes: Vec::new(), keyrings: Vec::new() };
        self.unique_names(document);
        let settings = self.settings(document);
        let certificates = self.certificates(document, &early);
        let bundles = self.bundles(document);
        let listens = self.listens(document, &early);
        let dials = self.dials(document);
        let kubeconfigs = self.kubeconfigs(document, &late, &mut names);
        let flags = self.flags(document, &late, &mut names);
        let content = scope::files(document);
        let files = self.files(&document.files, (&late, &content), &mut names);
        for store in document.manifests.iter().filter_map(|(_, manifest)| manifest.pkcs12.as_ref()) {
            let message = "a manifest for the API must be a text, not a PKCS#12 file";
            self.push(Diagnostic::new(Code::BadValue, message).at(store.span, ""));
        }
        let manifests = self.files(&document.manifests, (&late, &content), &mut names);
        let flag_table = document.flag_table.as_ref().and_then(|table| {
            let found = flag_tables.get(&table.value).cloned();
            if found.is_none() {
                let message = format!("there is no flag table `{}`", table.value);
                // Tables of words are no program's.
                let words: BTreeSet<&str> =
                    flag_tables.values().flat_map(|table| table.wanted_words()).collect();
                let programs = flag_tables.keys().map(String::as_str).filter(|name| !words.contains(name));
                let help = did_you_mean(&table.value, programs);
                self.push(
                    Diagnostic::new(Code::CatalogConflict, message).at(table.span, "").maybe_help(help),
                );
            }
            found
        });
        let knowledge = self.knowledge(document, flag_table.as_deref());
        let seen = self.seen(document, &dials);
        let owner = document.owner.as_ref().and_then(|text| self.template(text, &early));
        let reads: Reads = owner
            .iter()
            .map(Template::reads)
            .chain(settings.iter().map(Setting::reads))
            .chain(certificates.iter().map(CertificateDefinition::reads))
            .chain(listens.iter().map(Listen::reads))
            .chain(kubeconfigs.iter().map(KubeconfigDefinition::reads))
            .chain(flags.iter().map(FlagDefinition::reads))
            .chain(files.iter().chain(&manifests).map(FileDefinition::reads))
            .collect();
        let reloads = self.reloads(document, &names, (&reads, &late), flag_table.as_deref());
        for purpose in certificates.iter().map(|c| &c.purpose).chain(bundles.iter().flat_map(|b| &b.purposes))
        {
            if !names.purposes.contains(purpose) {
                names.purposes.push(purpose.clone());
            }
        }
        Definition {
            name: document.name.value.as_str().into(),
            span: document.span,
            title: document.title.as_ref().unwrap_or(&document.name).value.as_str().into(),
            place: self.all(&document.place, Code::BadSelector),
            serves: self.serves(&document.serves),
            versions: self.range(document.versions.as_ref()),
            version: versions::default(document.version.as_ref(), self.diagnostics),
            skews: versions::skews(&document.skews, self.diagnostics),
            flag_table,
            owner,
            runner: self.run(document.runner.as_ref()),
            unit: document.unit.as_ref().map(|unit| unit.value.as_str().into()),
            quorum: document.quorum,
            joins: document.joins.as_ref().and_then(|joins| self.condition(joins, &early)),
            settings,
            purposes: names.purposes,
            keyrings: names.keyrings,
            certificates,
            bundles,
            listens,
            dials,
            kubeconfigs,
            flags,
            files,
            manifests,
            reloads,
            sensitive: self.sensitives(document),
            knowledge,
            seen,
            layouts: document
                .layouts
                .iter()
                .map(|(name, paths)| {
                    (name.value.clone(), Paths::load(paths, self.engine, self.sources, self.diagnostics))
                })
                .collect(),
            reads,
        }
    }

    /// Names that `@NAME` could mean must mean one thing.
    fn unique_names(&mut self, document: &ComponentDocument) {
        let named = |names: Vec<&Spanned<String>>| names.into_iter().cloned().collect::<Vec<_>>();
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let all = [
            named(document.certificates.iter().map(|(n, _)| n).collect()),
            named(document.bundles.iter().map(|(n, _)| n).collect()),
            named(document.kubeconfigs.iter().map(|(n, _)| n).collect()),
            named(document.files.iter().map(|(n, _)| n).collect()),
        ];
        for name in all.into_iter().flatten() {
            if let Some(earlier) = seen.insert(name.value.clone(), name.span) {
                self.push(
                    Diagnostic::new(
                        Code::CatalogConflict,
                        format!("two artefacts have the name `{}`", name.value),
                    )
                    .at(name.span, "this one")
                    .at(earlier, "and this one")
                    .help("`@NAME` could mean both: rename one"),
                );
            }
        }
    }

    fn settings(&mut self, document: &ComponentDocument) -> Vec<Setting> {
        let schema = scope::settings();
        let mut names = Names { document, purposes: Vec::new(), keyrings: Vec::new() };
        let words = [
            ("boolean", SettingKind::Boolean),
            ("integer", SettingKind::Integer),
            ("list", SettingKind::List),
            ("port", SettingKind::Port),
            ("text", SettingKind::Text),
        ];
        let forms = TextForm::WORDS.map(|(word, form)| (word, Some(form)));
        document
            .settings
            .iter()
            .map(|(name, setting)| Setting {
                name: name.value.as_str().into(),
                field: field(&name.value).into(),
                kind: self.word(setting.kind.as_ref(), SettingKind::Text, &words),
                default: setting.default.as_ref().and_then(|value| self.tree(value, &schema, &mut names)),
                words: setting.words.iter().map(|word| word.value.as_str().into()).collect(),
                form: self.word(setting.form.as_ref(), None, &forms),
            })
            .collect()
    }

    fn certificates(&mut self, document: &ComponentDocument, schema: &Schema) -> Vec<CertificateDefinition> {
        let mut all = Vec::new();
        for (name, table) in &document.certificates {
            let (Some(authority), Some(common_name)) = (&table.authority, &table.common_name) else {
                continue;
            };
            let words = [("cluster", true), ("instance", false)];
            let per_cluster = self.word(table.per.as_ref(), false, &words);
            self.of_no_program(document, name, per_cluster);
            let schema = if per_cluster { &scope::of_cluster(document) } else { schema };
            let Some(common_name) = self.template(common_name, schema) else { continue };
            let usages: Vec<Usage> = self.all(&table.usage, Code::BadValue);
            all.push(CertificateDefinition {
                name: name.value.as_str().into(),
                field: field(&name.value).into(),
                span: table.span,
                purpose: authority.value.as_str().into(),
                per_cluster,
                usages,
                common_name,
                organizations: self.templates(&table.organizations, schema),
                dns: self.templates(&table.dns, schema),
                ip: self.templates(&table.ip, schema),
                takes_names: table.takes_names,
                rotated: table.rotated.as_ref().and_then(|when| self.condition(when, schema)),
                when: table.when.as_ref().and_then(|when| self.condition(when, schema)),
            });
        }
        all
    }

    /// What there is once for the cluster lies on no host, so no program of one shows it.
    fn of_no_program(&mut self, document: &ComponentDocument, name: &Text, per_cluster: bool) {
        let listens = document.listens.iter().filter_map(|(_, listen)| listen.certificate.as_ref());
        let dials = document.dials.iter().filter_map(|(_, dial)| dial.certificate.as_ref());
        let shown = listens.chain(dials).filter(|shown| per_cluster && shown.value == name.value);
        for shown in shown {
            let message = format!("`{}` is on no host, so nothing there can present it", name.value);
            let diagnostic = Diagnostic::new(Code::CatalogConflict, message).at(shown.span, "");
            let help = "remove `per = \"cluster\"`, or present another certificate";
            self.push(diagnostic.at(name.span, "the whole cluster has one certificate").help(help));
        }
    }

    fn bundles(&mut self, document: &ComponentDocument) -> Vec<Bundle> {
        let words = [("issuers", Holds::Issuers), ("roots", Holds::Roots)];
        document
            .bundles
            .iter()
            .map(|(name, bundle)| Bundle {
                name: name.value.as_str().into(),
                span: bundle.span,
                purposes: bundle.authorities.iter().map(|text| text.value.as_str().into()).collect(),
                holds: self.word(bundle.holds.as_ref(), Holds::Roots, &words),
                strict: bundle.strict,
            })
            .collect()
    }

    fn listens(&mut self, document: &ComponentDocument, schema: &Schema) -> Vec<Listen> {
        let mut all = Vec::new();
        for (name, listen) in &document.listens {
            let (Some(addresses), Some(port)) = (&listen.addresses, &listen.port) else { continue };
            let (Some(addresses), Some(port)) =
                (self.template(addresses, schema), self.template(port, schema))
            else {
                continue;
            };
            all.push(Listen {
                name: name.value.as_str().into(),
                field: field(&name.value).into(),
                span: listen.span,
                addresses,
                port,
                certificate: self.index(listen.certificate.as_ref(), &document.certificates, "certificate"),
                clients: self.index(listen.clients.as_ref(), &document.bundles, "bundle"),
                clients_required: listen.clients_required,
                loopback: listen.loopback,
            });
        }
        all
    }

    fn dials(&mut self, document: &ComponentDocument) -> Vec<Dial> {
        let reaches = [
            ("behind-vips", Reach::BehindVips),
            ("endpoint", Reach::Endpoint),
            ("every", Reach::Every),
            ("others", Reach::Others),
            ("same-host", Reach::SameHost),
        ];
        let names = [("address", DialBy::Address), ("loopback", DialBy::Loopback), ("name", DialBy::Name)];
        let mut all = Vec::new();
        for (name, dial) in &document.dials {
            let Some(to) = &dial.to else { continue };
            let Some((component, listen)) = to.value.split_once('.') else {
                let message = "a dial goes to `COMPONENT.LISTEN`";
                self.push(Diagnostic::new(Code::BadValue, message).at(to.span, ""));
                continue;
            };
            all.push(Dial {
                name: name.value.as_str().into(),
                field: field(&name.value).into(),
                span: dial.span,
                component: component.into(),
                listen: listen.into(),
                reach: self.word(dial.reach.as_ref(), Reach::Every, &reaches),
                by: self.word(dial.by.as_ref(), DialBy::Address, &names),
                certificate: self.index(dial.certificate.as_ref(), &document.certificates, "certificate"),
                trusts: self.index(dial.trusts.as_ref(), &document.bundles, "bundle"),
            });
        }
        all
    }

    fn flags(
        &mut self,
        document: &ComponentDocument,
        schema: &Schema,
        names: &mut Names<'_>,
    ) -> Vec<FlagDefinition> {
        let mut all = Vec::new();
        for (name, literal) in &document.flags {
            let long = literal.value.get("value");
            let text = |key: &str| {
                let value = literal.value.get(key)?;
                value.value.as_text().map(|text| Spanned::new(text.to_owned(), value.span))
            };
            let Some(value) = self.tree(long.unwrap_or(literal), schema, names) else { continue };
            let when = text("when");
            all.push(FlagDefinition {
                name: name.value.as_str().into(),
                span: name.span,
                value,
                when: when.as_ref().and_then(|when| self.condition(when, schema)),
                versions: self.range(text("versions").as_ref()),
                same: matches!(
                    long.and(literal.value.get("same")).map(|same| &same.value),
                    Some(Literal::Boolean(true))
                ),
            });
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// What serves VIPs and does not say more serves them whole.
    fn serves(&mut self, written: &[Text]) -> Vec<Serves> {
        let words = [("address", Serves::Address), ("port", Serves::Port), ("vrrp", Serves::Vrrp)];
        let words = words.map(|(word, serves)| (word, Some(serves)));
        // A word that means nothing has been reported, and brings no second message.
        let known: Option<Vec<Serves>> =
            written.iter().map(|text| self.word(Some(text), None, &words)).collect();
        known.filter(|known| !known.is_empty()).unwrap_or_else(|| vec![Serves::Address, Serves::Port])
    }

    fn reloads(
        &mut self,
        document: &ComponentDocument,
        names: &Names<'_>,
        (reads, schema): (&Reads, &Schema),
        flag_table: Option<&FlagTable>,
    ) -> BTreeMap<Arc<str>, Reload> {
        let mut reloads = BTreeMap::new();
        let named = |names: Vec<&Text>| names.into_iter().map(|name| name.value.clone()).collect::<Vec<_>>();
        let mut known = named(document.certificates.iter().map(|(name, _)| name).collect());
        known.extend(named(document.bundles.iter().map(|(name, _)| name).collect()));
        known.extend(named(document.kubeconfigs.iter().map(|(name, _)| name).collect()));
        known.extend(named(document.files.iter().map(|(name, _)| name).collect()));
        known.extend(document.flags.iter().map(|(name, _)| format!("flag.{}", name.value)));
        let flags = flag_table.into_iter().flat_map(FlagTable::names);
        known.extend(flags.map(|flag| format!("named-by.{flag}")));
        known.extend(names.keyrings.iter().map(ToString::to_string));
        known.extend(names.purposes.iter().map(|purpose| format!("authority.{purpose}")));
        for (name, value) in &document.reloads {
            if !known.contains(&name.value) && !reads.reads(Root::Keyring, &field(&name.value)) {
                let help = did_you_mean(&name.value, known.iter().map(String::as_str));
                let message = format!("there is no artefact `{}` in this component", name.value);
                self.push(
                    Diagnostic::new(Code::UnknownReference, message).at(name.span, "").maybe_help(help),
                );
            }
            let text = value.value.as_text().map(|text| Spanned::new(text.to_owned(), value.span));
            let Some(reload) = self.reload(text.as_ref(), schema) else { continue };
            reloads.insert(name.value.as_str().into(), reload);
        }
        reloads
    }

    fn reload(&mut self, text: Option<&Text>, schema: &Schema) -> Option<Reload> {
        let is_expression = text.is_some_and(|text| text.value.contains("{{"));
        if is_expression {
            return self.template(text?, schema).map(Reload::Decided);
        }
        Some(Reload::Always(self.word(text, Effect::Restart, &Effect::WORDS)))
    }
}
