//! All sheets of one host.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::hole::Holes;
use super::kubeconfig::Kubeconfig;
use super::yaml::{self, Fill};
use super::{Content, Effect, Hole, Sheet, flags};
use crate::catalog::{
    Class, Definition, FileContent, FileDefinition, Holds, KeyringPart, PairPart, Reference, Reload, Template,
};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::Blueprint;
use crate::expression::{Record, Value, list, to_text};
use crate::resolve::KeyringKind;
use crate::source::{Span, Spanned};

/// The sheets of a node, sorted by path.
///
/// # Errors
/// What is wrong with a template or an expression, at its place, or with two artefacts on one path.
pub fn host(blueprint: &Blueprint<'_>, node: usize) -> Result<Vec<Sheet>, Vec<Diagnostic>> {
    let mut host = Host { blueprint, sheets: BTreeMap::new() };
    let mut failures = Vec::new();
    for &(component, instance) in &blueprint.hosts[node] {
        if let Err(failure) = host.component(component, instance) {
            failures.push(failure);
        }
    }
    for (index, certificate) in blueprint.model.certificates.iter().enumerate() {
        if let Some(position) = certificate.nodes.iter().position(|n| *n == node)
            && let Err(failure) = host.free(index, position)
        {
            failures.push(failure);
        }
    }
    host.folders();
    if failures.is_empty() {
        Ok(host.sheets.into_values().map(|(sheet, _)| sheet).collect())
    } else {
        Err(failures)
    }
}

/// The flags of one instance, `--name=value`.
///
/// # Errors
/// What is wrong with an expression, at its place.
pub fn flags_of(
    blueprint: &Blueprint<'_>,
    component: usize,
    instance: usize,
) -> Result<Vec<String>, Diagnostic> {
    let mut host = Host { blueprint, sheets: BTreeMap::new() };
    let definition = blueprint.definition(component).clone();
    let scope = blueprint.scope(component, instance).build();
    Instance { host: &mut host, component, instance, definition, owner: "root".into(), scope }.flags()
}

struct Host<'b, 'a> {
    blueprint: &'b Blueprint<'a>,
    sheets: BTreeMap<String, (Sheet, Span)>,
}

/// One instance while its flags and files are evaluated: what they refer to is put on the host.
struct Instance<'h, 'b, 'a> {
    host: &'h mut Host<'b, 'a>,
    component: usize,
    instance: usize,
    definition: Arc<Definition>,
    owner: Arc<str>,
    scope: Value,
}

/// The parts of a sheet that a caller decides.
struct Put<'p> {
    path: &'p Spanned<String>,
    content: Content,
    mode: u32,
    owner: Arc<str>,
    artefact: String,
    effect: Option<Effect>,
}

impl Host<'_, '_> {
    fn put(&mut self, put: Put<'_>) -> Result<(), Diagnostic> {
        self.put_class(put, Class::Managed)
    }

    fn put_class(&mut self, put: Put<'_>, class: Class) -> Result<(), Diagnostic> {
        let path = put.path.value.trim_start_matches('/').to_owned();
        let Some((sheet, span)) = self.sheets.get_mut(&path) else {
            let effects = put.effect.into_iter().collect();
            let Put { content, mode, owner, artefact, .. } = put;
            let sheet = Sheet { path: path.clone(), content, class, mode, owner, artefact, effects };
            self.sheets.insert(path, (sheet, put.path.span));
            return Ok(());
        };
        if !same(&sheet.content, &put.content) {
            let message = format!("{} and {} would both lie at /{path}", sheet.artefact, put.artefact);
            let diagnostic = Diagnostic::new(Code::PathClash, message).at(put.path.span, "this one");
            return Err(diagnostic.at(*span, "and this one"));
        }
        if let Some(effect) = put.effect.filter(|effect| !sheet.effects.contains(effect)) {
            sheet.effects.push(effect);
            sheet.effects.sort();
        }
        Ok(())
    }

    fn component(&mut self, component: usize, instance: usize) -> Result<(), Diagnostic> {
        let blueprint = self.blueprint;
        let definition = blueprint.definition(component).clone();
        let scope = blueprint.scope(component, instance).build();
        let owner: Arc<str> = match &definition.owner {
            Some(owner) => {
                to_text(&owner.evaluate(&blueprint.catalog.engine, &scope, blueprint.sources)?).into()
            }
            None => "root".into(),
        };
        Instance { host: self, component, instance, definition, owner, scope }.all()
    }

    fn free(&mut self, index: usize, position: usize) -> Result<(), Diagnostic> {
        let blueprint = self.blueprint;
        let certificate = &blueprint.model.certificates[index];
        let first = blueprint.certificates.iter().position(|made| {
            matches!(made.holder, crate::expand::Holder::Free { certificate, .. } if certificate == index)
        });
        let Some(made) = first.map(|first| first + position) else { return Ok(()) };
        let authority = blueprint.model.root_of(certificate.authority);
        let files = [
            (&certificate.files.certificate, Hole::Certificates(blueprint.chain(made)), 0o644, "certificate"),
            (&certificate.files.key, Hole::Key(made), 0o600, "key"),
            (
                &certificate.files.roots,
                Hole::Certificates(blueprint.authorities[authority].in_use_first().collect()),
                0o644,
                "roots",
            ),
        ];
        for (path, hole, mode, what) in files {
            let Some(path) = path else { continue };
            let artefact = format!("{what} of {}", blueprint.certificates[made].id);
            let owner = certificate.owner.clone();
            self.put(Put { path, content: Content::hole(hole), mode, owner, artefact, effect: None })?;
        }
        Ok(())
    }

    /// Folders with modes of their own, where something lies in them.
    fn folders(&mut self) {
        let Some(layout) = self.blueprint.layout else { return };
        for (path, mode) in &layout.folders {
            let inner = path.trim_start_matches('/');
            let below = format!("{inner}/");
            let used = self.sheets.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below));
            if used && !self.sheets.contains_key(inner) {
                let sheet = Sheet {
                    path: inner.to_owned(),
                    content: Content::Folder,
                    class: Class::Managed,
                    mode: *mode,
                    owner: "root".into(),
                    artefact: "folder".to_owned(),
                    effects: Vec::new(),
                };
                if let Some(cluster) = self.blueprint.model.cluster.as_ref() {
                    let span = cluster.layout.origin.or(cluster.name.origin);
                    if let Some(span) = span {
                        self.sheets.insert(inner.to_owned(), (sheet, span));
                    }
                }
            }
        }
    }
}

fn same(a: &Content, b: &Content) -> bool {
    match (a, b) {
        (Content::Folder, Content::Folder) | (Content::None, Content::None) => true,
        (Content::Pieces(a), Content::Pieces(b)) => a == b,
        _ => false,
    }
}

impl Instance<'_, '_, '_> {
    fn flags(&mut self) -> Result<Vec<String>, Diagnostic> {
        let definition = self.definition.clone();
        let blueprint = self.host.blueprint;
        let config = blueprint.model.components[self.component].instances[self.instance].config.clone();
        let (engine, sources, scope) = (&blueprint.catalog.engine, blueprint.sources, self.scope.clone());
        flags::flags(&definition, &config, |when| flags::holds(when, engine, &scope, sources), self)
    }

    fn all(mut self) -> Result<(), Diagnostic> {
        let definition = self.definition.clone();
        let blueprint = self.host.blueprint;
        let config = blueprint.model.components[self.component].instances[self.instance].config.clone();
        let (engine, sources, scope) = (&blueprint.catalog.engine, blueprint.sources, self.scope.clone());
        let flags = self.flags()?;
        for (i, file) in definition.files.iter().enumerate() {
            let runs = file.run.is_none_or(|run| run == config.run);
            if runs
                && file.when.as_ref().map_or(Ok(true), |when| flags::holds(when, engine, &scope, sources))?
            {
                self.file(i, file, &flags)?;
            }
        }
        for i in 0..definition.kubeconfigs.len() {
            self.kubeconfig(i)?;
        }
        for (i, certificate) in definition.certificates.iter().enumerate() {
            let embedded =
                definition.kubeconfigs.iter().any(|k| definition.dials[k.dial].certificate == Some(i));
            if !embedded {
                self.pair(i, certificate.span)?;
            }
        }
        for (i, bundle) in definition.bundles.iter().enumerate() {
            let embedded = definition.kubeconfigs.iter().any(|k| definition.dials[k.dial].trusts == Some(i));
            let own = blueprint.paths[self.component].bundles[i].is_some() || bundle.purposes.len() == 1;
            if !embedded && own {
                self.bundle(i)?;
            }
        }
        Ok(())
    }

    fn effect(&self, name: &str) -> Option<Effect> {
        let unit = self.definition.unit.clone()?;
        let reload = self.definition.reloads.get(name).copied().unwrap_or(Reload::Restart);
        Some(Effect::new(unit, reload))
    }

    fn put(&mut self, put: Put<'_>) -> Result<String, Diagnostic> {
        let path = put.path.value.clone();
        self.host.put(put)?;
        Ok(path)
    }

    fn missing(&self, what: &str, span: Span) -> Diagnostic {
        let layout = self.host.blueprint.layout.map(|layout| layout.name.clone()).unwrap_or_default();
        let message =
            format!("layout `{layout}` does not say where {what} of `{}` lies", self.definition.name);
        Diagnostic::new(Code::NoPath, message).at(span, "")
    }

    /// A certificate with its chain and its key, as files.
    fn pair(&mut self, index: usize, span: Span) -> Result<(String, String), Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let certificate = &definition.certificates[index];
        let Some(paths) = &blueprint.paths[self.component].certificates[index] else {
            return Err(self.missing(&format!("certificate `{}`", certificate.name), span));
        };
        let made = blueprint.instance_certificate(self.component, self.instance, index);
        let id = &blueprint.certificates[made].id;
        let effect = self.effect(&certificate.name);
        let chain = Content::hole(Hole::Certificates(blueprint.chain(made)));
        let (owner, artefact) = (self.owner.clone(), format!("certificate {id}"));
        let path = &paths.certificate;
        let public = Put { path, content: chain, mode: 0o644, owner, artefact, effect: effect.clone() };
        let public = self.put(public)?;
        let (owner, artefact) = (self.owner.clone(), format!("key of {id}"));
        let content = Content::hole(Hole::Key(made));
        let private = self.put(Put { path: &paths.key, content, mode: 0o600, owner, artefact, effect })?;
        Ok((public, private))
    }

    fn bundle(&mut self, index: usize) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let bundle = &definition.bundles[index];
        let held = blueprint.bundle(&bundle.purposes, bundle.holds);
        let path = match &bundle.purposes[..] {
            [purpose] => self.trust_path(purpose, bundle.holds, &held),
            _ => blueprint.paths[self.component].bundles[index].clone(),
        };
        let path = path.ok_or_else(|| self.missing(&format!("bundle `{}`", bundle.name), bundle.span))?;
        self.trust(&path, held, &bundle.purposes.join(" and "), self.effect(&bundle.name))
    }

    fn trust(
        &mut self,
        path: &Spanned<String>,
        held: Vec<usize>,
        purposes: &str,
        effect: Option<Effect>,
    ) -> Result<String, Diagnostic> {
        let artefact = format!("trust in {purposes}");
        let content = Content::hole(Hole::Certificates(held));
        self.put(Put { path, content, mode: 0o644, owner: "root".into(), artefact, effect })
    }

    /// Where trust in one purpose lies: with the roots, wherever it is the same.
    fn trust_path(&self, purpose: &Arc<str>, holds: Holds, held: &[usize]) -> Option<Spanned<String>> {
        let blueprint = self.host.blueprint;
        let roots = blueprint.bundle(std::slice::from_ref(purpose), Holds::Roots);
        let what = if holds == Holds::Roots || roots == held { "roots" } else { "issuers" };
        self.authority_path(purpose, what)
    }

    fn authority_path(&self, purpose: &str, what: &str) -> Option<Spanned<String>> {
        let blueprint = self.host.blueprint;
        blueprint.layout?.authority(&blueprint.catalog.engine, blueprint.sources, purpose, what)
    }

    /// An authority's own certificate, exactly one, or its key: for hosts that sign.
    fn authority(&mut self, purpose: &Arc<str>, part: PairPart) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let span = self.definition.span;
        let missing = |this: &Self| this.missing(&format!("authority `{purpose}`"), span);
        let authority = blueprint.model.authority_for(purpose).ok_or_else(|| missing(self))?;
        let signer = blueprint.authorities[authority].signer;
        let effect = self.effect(&format!("authority.{purpose}"));
        let id = blueprint.certificates[signer].id.clone();
        match part {
            PairPart::Certificate => {
                let roots = blueprint.bundle(std::slice::from_ref(purpose), Holds::Roots);
                let what = if roots == [signer] { "roots" } else { "certificate" };
                let path = self.authority_path(purpose, what).ok_or_else(|| missing(self))?;
                self.trust(&path, vec![signer], purpose, effect)
            }
            PairPart::Key => {
                let path = self.authority_path(purpose, "key").ok_or_else(|| missing(self))?;
                let content = Content::hole(Hole::Key(signer));
                let (owner, artefact) = (self.owner.clone(), format!("key of {id}"));
                self.put(Put { path: &path, content, mode: 0o600, owner, artefact, effect })
            }
        }
    }

    fn keyring(&mut self, name: &Arc<str>, part: KeyringPart) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let (what, hole, artefact) = match part {
            KeyringPart::PrivateKey => {
                ("private-key", Hole::PrivateKey(name.clone()), format!("private key of {name}"))
            }
            KeyringPart::PublicKeys => {
                ("public-keys", Hole::PublicKeys(name.clone()), format!("public keys of {name}"))
            }
        };
        let is_pair =
            matches!(blueprint.model.keyrings.get(name).map(|k| k.kind), Some(KeyringKind::KeyPair(_)));
        if !is_pair {
            let message = format!(
                "`{}` refers to the key pair `{name}`, which no profile or plan has",
                self.definition.name
            );
            let help = format!("add `[keyring.{name}]` with `kind = \"key-pair\"` to the plan");
            return Err(Diagnostic::new(Code::UnknownKeyring, message)
                .at(self.definition.span, "")
                .help(help));
        }
        let path = blueprint
            .layout
            .and_then(|layout| layout.keyring(&blueprint.catalog.engine, blueprint.sources, name, what))
            .ok_or_else(|| self.missing(&format!("keyring `{name}`"), self.definition.span))?;
        let effect = self.effect(name);
        let owner = self.owner.clone();
        // kubeadm keeps the public half as closed as the private one.
        self.put(Put { path: &path, content: Content::hole(hole), mode: 0o600, owner, artefact, effect })
    }

    fn kubeconfig(&mut self, index: usize) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let kubeconfig = &definition.kubeconfigs[index];
        let Some(path) = blueprint.paths[self.component].kubeconfigs[index].clone() else {
            return Err(self.missing(&format!("kubeconfig `{}`", kubeconfig.name), kubeconfig.span));
        };
        let dial = &definition.dials[kubeconfig.dial];
        let target = blueprint.targets(self.component, self.instance, kubeconfig.dial).into_iter().next();
        let Some(target) = target else {
            let message =
                format!("kubeconfig `{}` of `{}` has nothing to dial", kubeconfig.name, definition.name);
            return Err(Diagnostic::new(Code::DialNowhere, message).at(kubeconfig.span, ""));
        };
        let client =
            dial.certificate.map(|i| blueprint.instance_certificate(self.component, self.instance, i));
        let user = client
            .and_then(|certificate| blueprint.certificates[certificate].specification.subject.common_name())
            .unwrap_or(&definition.name);
        let trusts = dial.trusts.map(|i| &definition.bundles[i]);
        let content = Kubeconfig {
            cluster: blueprint.model.cluster.as_ref().map_or("kubernetes", |cluster| &cluster.name.value),
            server: target.url(),
            trusts: trusts.map(|bundle| blueprint.bundle(&bundle.purposes, bundle.holds)).unwrap_or_default(),
            user,
            client: client.map(|certificate| (blueprint.chain(certificate), certificate)),
        };
        let content = Content::Pieces(content.pieces());
        let (owner, effect) = (self.owner.clone(), self.effect(&kubeconfig.name));
        let artefact = format!("kubeconfig of {user}");
        self.put(Put { path: &path, content, mode: 0o600, owner, artefact, effect })
    }

    fn file_path(&self, index: usize) -> Result<Spanned<String>, Diagnostic> {
        let file = &self.definition.files[index];
        let path = self.host.blueprint.paths[self.component].files[index].clone();
        path.ok_or_else(|| self.missing(&format!("file `{}`", file.name), file.span))
    }

    fn file(&mut self, index: usize, file: &FileDefinition, flags: &[String]) -> Result<(), Diagnostic> {
        let blueprint = self.host.blueprint;
        let path = self.file_path(index)?;
        let mut holes = Holes::default();
        let content = match &file.content {
            FileContent::Folder => Content::Folder,
            FileContent::None => Content::None,
            FileContent::Text(template) => {
                let scope = self.file_scope(file, flags, &mut holes)?;
                let text =
                    to_text(&template.evaluate(&blueprint.catalog.engine, &scope, blueprint.sources)?);
                Content::Pieces(split(&holes, &text, file)?)
            }
            FileContent::Yaml(documents) => {
                let scope = self.file_scope(file, flags, &mut holes)?;
                let before = std::mem::replace(&mut self.scope, scope);
                let filled: Result<Vec<_>, _> =
                    documents.iter().map(|document| yaml::fill(document, self)).collect();
                self.scope = before;
                let filled: Vec<_> = filled?.into_iter().flatten().collect();
                Content::Pieces(split(&holes, &yaml::to_text(&filled), file)?)
            }
        };
        let owner = match &file.owner {
            Some(owner) => {
                to_text(&owner.evaluate(&blueprint.catalog.engine, &self.scope, blueprint.sources)?).into()
            }
            None if content.is_secret() || matches!(content, Content::Folder) => self.owner.clone(),
            None => "root".into(),
        };
        let effect = self.effect(&file.name).filter(|_| !matches!(content, Content::Folder));
        let artefact = format!("{} of {}", file.name, self.definition.name);
        let mode = file.mode.unwrap_or(match &content {
            Content::Folder => 0o755,
            content if content.is_secret() => 0o600,
            _ => 0o644,
        });
        let put = Put { path: &path, content, mode, owner, artefact, effect };
        self.host.put_class(put, file.class)
    }

    /// The scope of one file: paths of artefacts, flags, `with`, and markers for secrets besides.
    fn file_scope(
        &mut self,
        file: &FileDefinition,
        flags: &[String],
        holes: &mut Holes,
    ) -> Result<Value, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let mut paths = Record::new();
        for (i, bundle) in definition.bundles.iter().enumerate() {
            paths = paths.with(field(&bundle.name), self.bundle(i)?);
        }
        for (i, other) in definition.files.iter().enumerate() {
            paths = paths.with(field(&other.name), self.file_path(i)?.value);
        }
        let mut keyrings = Record::new();
        for name in &definition.keyrings {
            if let Some(keyring) = blueprint.model.keyrings.get(name) {
                keyrings = keyrings.with(field(name), secrets(keyring, holes));
            }
        }
        let mut with = Record::new();
        for (name, tree) in &file.with {
            let value = yaml::fill(tree, self)?.unwrap_or(serde_json::Value::Null);
            with = with.with(name.clone(), json(&value));
        }
        Ok(blueprint
            .scope(self.component, self.instance)
            .with("path", paths.build())
            .with("flags", list(flags.iter().map(|flag| Value::from(flag.as_str()))))
            .with("keyring", keyrings.build())
            .with("with", with.build())
            .build())
    }
}

fn split(holes: &Holes, text: &str, file: &FileDefinition) -> Result<Vec<super::Piece>, Diagnostic> {
    holes.split(text).ok_or_else(|| {
        let message = format!("a filter changed a secret's place in file `{}`", file.name);
        Diagnostic::new(Code::Template, message)
            .at(file.span, "")
            .help("print keys and passwords as they are")
    })
}

/// What files see of a keyring: markers for its secrets.
fn secrets(keyring: &crate::resolve::Keyring, holes: &mut Holes) -> Value {
    match keyring.kind {
        KeyringKind::KeyPair(_) => Record::new().build(),
        KeyringKind::Password(_) => {
            Record::new().with("password", holes.marker(Hole::Password(keyring.name.clone()))).build()
        }
        KeyringKind::Encryption => {
            let used = keyring.generations.used;
            let others =
                keyring.generations.trust.iter().rev().copied().filter(|generation| *generation != used);
            let keys = std::iter::once(used).chain(others).map(|generation| {
                Record::new()
                    .with("name", format!("key{generation}"))
                    .with("secret", holes.marker(Hole::EncryptionKey(keyring.name.clone(), generation)))
                    .build()
            });
            Record::new().with("keys", list(keys)).build()
        }
    }
}

/// A name as expressions write it.
fn field(name: &str) -> String {
    name.replace(['-', '.'], "_")
}

fn json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Array(items) => list(items.iter().map(json)),
        serde_json::Value::Bool(boolean) => Value::from(*boolean),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Value::from(number.as_f64()), Value::from)
        }
        serde_json::Value::Object(map) => {
            map.iter().map(|(key, value)| (key.as_str().into(), json(value))).collect::<Record>().build()
        }
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Null => Value::from(()),
    }
}

impl Fill for Instance<'_, '_, '_> {
    fn text(&mut self, template: &Template) -> Result<Value, Diagnostic> {
        let blueprint = self.host.blueprint;
        template.evaluate(&blueprint.catalog.engine, &self.scope, blueprint.sources)
    }

    fn path(&mut self, reference: Reference) -> Result<String, Diagnostic> {
        let definition = self.definition.clone();
        match reference {
            Reference::Authority(i, part) => self.authority(&definition.purposes[i], part),
            Reference::Bundle(i) => self.bundle(i),
            Reference::Certificate(i, part) => {
                let (certificate, key) = self.pair(i, definition.certificates[i].span)?;
                Ok(if part == PairPart::Certificate { certificate } else { key })
            }
            Reference::File(i) => Ok(self.file_path(i)?.value),
            Reference::Keyring(i, part) => self.keyring(&definition.keyrings[i], part),
            Reference::Kubeconfig(i) => self.kubeconfig(i),
        }
    }
}
