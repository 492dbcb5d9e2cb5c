//! One instance of a component: what its flags, files and kubeconfigs refer to is put on the host.

use std::sync::Arc;

use super::placement::{Host, Put};
use super::pod::{Mount, Needs};
use super::yaml::Fill;
use super::{Content, Filling, KeyringItem, Reaction, flags};
use crate::catalog::Class;
use crate::catalog::{
    Definition, Effect, FileContent, FileDefinition, Holds, KeyringPart, PairPart, Reference, Run, Template,
};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::{Value, to_text};
use crate::resolve::{Config, Generations, KeyringKind};
use crate::source::{Span, Spanned};

/// One instance while its flags and files are evaluated: what they refer to is put on the host.
pub(super) struct Instance<'h, 'b, 'a> {
    pub(super) host: &'h mut Host<'b, 'a>,
    pub(super) component: usize,
    pub(super) instance: usize,
    pub(super) definition: Arc<Definition>,
    pub(super) owner: Arc<str>,
    pub(super) scope: Value,
    pub(super) needs: Needs,
}

impl<'h, 'b, 'a> Instance<'h, 'b, 'a> {
    /// An instance of a component on a host.
    pub(super) fn new(
        host: &'h mut Host<'b, 'a>,
        component: usize,
        instance: usize,
    ) -> Result<Self, Diagnostic> {
        let blueprint = host.blueprint;
        let mut this = Self::owned(host, (component, instance), "root".into());
        if let Some(owner) = &this.definition.owner {
            let owner = owner.evaluate(&blueprint.catalog.engine, &this.scope, blueprint.sources)?;
            this.owner = to_text(&owner).into();
        }
        Ok(this)
    }

    /// An instance whose files belong to `owner`, whatever its definition says.
    pub(super) fn owned(
        host: &'h mut Host<'b, 'a>,
        (component, instance): (usize, usize),
        owner: Arc<str>,
    ) -> Self {
        let blueprint = host.blueprint;
        let definition = blueprint.definition(component).clone();
        let scope = blueprint.scope(component, instance).build();
        Self { host, component, instance, definition, owner, scope, needs: Needs::default() }
    }
}

impl Instance<'_, '_, '_> {
    fn config(&self) -> Arc<Config> {
        self.host.blueprint.model.components[self.component].instances[self.instance].config.clone()
    }

    pub(super) fn flags(&mut self) -> Result<Vec<String>, Diagnostic> {
        let definition = self.definition.clone();
        let blueprint = self.host.blueprint;
        let config = self.config();
        for path in flags::written_paths(&definition, &config) {
            self.needs.mount_above(path, Mount::Storage);
        }
        let (engine, sources, scope) = (&blueprint.catalog.engine, blueprint.sources, self.scope.clone());
        flags::flags(&definition, &config, |when| flags::holds(when, engine, &scope, sources), self)
    }

    pub(super) fn all(mut self) -> Result<(), Diagnostic> {
        let definition = self.definition.clone();
        let blueprint = self.host.blueprint;
        let flags = self.flags()?;
        // A pod's manifest knows what the other files need.
        let of_pod = |file: &FileDefinition| file.run == Some(Run::StaticPod);
        self.files(&flags, |file| !of_pod(file))?;
        for (i, kubeconfig) in definition.kubeconfigs.iter().enumerate() {
            if self.holds(kubeconfig.when.as_ref())? {
                self.kubeconfig(i)?;
            }
        }
        for (i, certificate) in definition.certificates.iter().enumerate() {
            let embedded = definition.kubeconfig_dials().any(|dial| dial.certificate == Some(i));
            if !embedded && self.certificate(i).is_some() {
                self.pair(i, certificate.span)?;
            }
        }
        for (i, bundle) in definition.bundles.iter().enumerate() {
            let embedded = definition.kubeconfig_dials().any(|dial| dial.trusts == Some(i));
            let own = blueprint.paths[self.component].bundles[i].is_some() || bundle.purposes.len() == 1;
            // An embedded bundle lies beside the kubeconfig, too, for people; the program does not read it.
            let reaction = if embedded { None } else { self.reaction(&bundle.name) };
            if own {
                self.place_bundle(i, reaction)?;
            }
        }
        self.files(&flags, of_pod)
    }

    /// The files that there are here, of those that are asked for.
    fn files(
        &mut self,
        flags: &[String],
        wanted: impl Fn(&FileDefinition) -> bool,
    ) -> Result<(), Diagnostic> {
        let (definition, run) = (self.definition.clone(), self.config().run.value);
        for (i, file) in definition.files.iter().enumerate() {
            if wanted(file)
                && file.run.is_none_or(|of_file| of_file == run)
                && self.holds(file.when.as_ref())?
            {
                self.file(i, file, flags)?;
            }
        }
        Ok(())
    }

    /// Whether a condition holds, which may be absent.
    pub(super) fn holds(&self, when: Option<&Template>) -> Result<bool, Diagnostic> {
        let blueprint = self.host.blueprint;
        let holds = |when| flags::holds(when, &blueprint.catalog.engine, &self.scope, blueprint.sources);
        when.map_or(Ok(true), holds)
    }

    pub(super) fn reaction(&self, name: &str) -> Option<Reaction> {
        let unit = match self.config().run.value {
            // No unit: what becomes of the reaction stands in [`Instance::put_class`].
            Run::StaticPod => "".into(),
            Run::Systemd => self.definition.unit.clone()?,
        };
        let effect = self.definition.reloads.get(name).copied().unwrap_or(Effect::Restart);
        Some(Reaction { unit, effect })
    }

    /// Whether a static pod runs it.
    pub(super) fn in_pod(&self) -> bool {
        self.config().run.value == Run::StaticPod
    }

    fn put(&mut self, put: Put<'_>) -> Result<String, Diagnostic> {
        let path = put.path.value.clone();
        self.put_class(put, Class::Managed)?;
        Ok(path)
    }

    /// Puts something on the host. A pod is no unit that could be restarted: its manifest changes with
    /// what it reads at its start alone, and the kubelet starts it anew.
    pub(super) fn put_class(&mut self, mut put: Put<'_>, class: Class) -> Result<(), Diagnostic> {
        if self.in_pod() && put.reaction.take().is_some_and(|reaction| reaction.effect.disturbs()) {
            self.needs.restarts_for(&put.artefact, &put.content);
        }
        self.host.put_class(put, class)
    }

    pub(super) fn missing(&self, what: &str, span: Span) -> Diagnostic {
        let layout = self.host.blueprint.layout.map(|layout| layout.name.clone()).unwrap_or_default();
        let message =
            format!("layout `{layout}` does not say where {what} of `{}` lies", self.definition.name);
        Diagnostic::new(Code::NoPath, message).at(span, "")
    }

    /// A certificate with its chain and its key, as files.
    pub(super) fn pair(&mut self, index: usize, span: Span) -> Result<(String, String), Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let certificate = &definition.certificates[index];
        let Some(paths) = &blueprint.paths[self.component].certificates[index] else {
            return Err(self.missing(&format!("certificate `{}`", certificate.name), span));
        };
        let Some(made) = self.certificate(index) else {
            let message = format!(
                "`{}` refers to its certificate `{}`, which this node does not have",
                definition.name, certificate.name
            );
            let help = "give what refers to it the same condition";
            return Err(Diagnostic::new(Code::UnknownReference, message).at(span, "").help(help));
        };
        let id = &blueprint.certificates[made].id;
        let reaction = self.reaction(&certificate.name);
        let chain = Content::of(Filling::Certificates(blueprint.chain(made)));
        let (owner, artefact) = (self.owner.clone(), format!("certificate {id}"));
        let path = &paths.certificate;
        let public = Put::shared(path, chain, 0o644, owner, artefact).with(reaction.clone());
        let public = self.put(public)?;
        let (owner, artefact) = (self.owner.clone(), format!("key of {id}"));
        let content = Content::of(Filling::Key(made));
        let private = self.put(Put::shared(&paths.key, content, 0o600, owner, artefact).with(reaction))?;
        Ok((public, private))
    }

    /// A bundle that the program reads.
    pub(super) fn bundle(&mut self, index: usize) -> Result<String, Diagnostic> {
        let reaction = self.reaction(&self.definition.bundles[index].name);
        let path = self.place_bundle(index, reaction)?;
        self.needs.mount_above(&path, Mount::Folder);
        Ok(path)
    }

    fn place_bundle(&mut self, index: usize, reaction: Option<Reaction>) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let bundle = &definition.bundles[index];
        let (held, names) = blueprint.held(self.component, self.instance, index);
        let path = match &names[..] {
            [purpose] => self.trust_path(purpose, bundle.holds, &held),
            _ => blueprint.paths[self.component].bundles[index].clone(),
        };
        let path = path.ok_or_else(|| self.missing(&format!("bundle `{}`", bundle.name), bundle.span))?;
        self.trust(&path, held, &names.join(" and "), reaction)
    }

    fn trust(
        &mut self,
        path: &Spanned<String>,
        held: Vec<usize>,
        purposes: &str,
        reaction: Option<Reaction>,
    ) -> Result<String, Diagnostic> {
        let artefact = format!("trust in {purposes}");
        let content = Content::of(Filling::Certificates(held));
        self.put(Put::shared(path, content, 0o644, "root".into(), artefact).with(reaction))
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
        let reaction = self.reaction(&format!("authority.{purpose}"));
        let id = blueprint.certificates[signer].id.clone();
        match part {
            PairPart::Certificate => {
                let roots = blueprint.bundle(std::slice::from_ref(purpose), Holds::Roots);
                let what = if roots == [signer] { "roots" } else { "certificate" };
                let path = self.authority_path(purpose, what).ok_or_else(|| missing(self))?;
                self.trust(&path, vec![signer], purpose, reaction)
            }
            PairPart::Key => {
                let path = self.authority_path(purpose, "key").ok_or_else(|| missing(self))?;
                let content = Content::of(Filling::Key(signer));
                let (owner, artefact) = (self.owner.clone(), format!("key of {id}"));
                self.put(Put::shared(&path, content, 0o600, owner, artefact).with(reaction))
            }
        }
    }

    fn keyring(&mut self, name: &Arc<str>, part: KeyringPart) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let keyring = blueprint.model.keyrings.get(name);
        let Some(keyring) = keyring.filter(|keyring| matches!(keyring.kind, KeyringKind::KeyPair(_))) else {
            let message = format!(
                "`{}` refers to the key pair `{name}`, which no profile or plan has",
                self.definition.name
            );
            let help = format!("add `[keyring.{name}]` with `kind = \"key-pair\"` to the plan");
            return Err(Diagnostic::new(Code::UnknownKeyring, message)
                .at(self.definition.span, "")
                .help(help));
        };
        let Generations { used, trust, .. } = &keyring.generations;
        let (what, item, generations, artefact) = match part {
            KeyringPart::PrivateKey => {
                ("private-key", KeyringItem::PrivateKey, vec![*used], format!("private key of {name}"))
            }
            KeyringPart::PublicKeys => {
                ("public-keys", KeyringItem::PublicKey, trust.clone(), format!("public keys of {name}"))
            }
        };
        let content = Content::of(Filling::Keyring { name: name.clone(), item, generations });
        let path = blueprint
            .layout
            .and_then(|layout| layout.keyring(&blueprint.catalog.engine, blueprint.sources, name, what))
            .ok_or_else(|| self.missing(&format!("keyring `{name}`"), self.definition.span))?;
        let reaction = self.reaction(name);
        let owner = self.owner.clone();
        // kubeadm keeps the public half as closed as the private one.
        self.put(Put::shared(&path, content, 0o600, owner, artefact).with(reaction))
    }

    /// One of the instance's certificates; none if its condition does not hold.
    pub(super) fn certificate(&self, index: usize) -> Option<usize> {
        self.host.blueprint.instance_certificate(self.component, self.instance, index)
    }
}

impl Fill for Instance<'_, '_, '_> {
    fn text(&mut self, template: &Template) -> Result<Value, Diagnostic> {
        let blueprint = self.host.blueprint;
        template.evaluate(&blueprint.catalog.engine, &self.scope, blueprint.sources)
    }

    fn path(&mut self, reference: Reference) -> Result<String, Diagnostic> {
        let definition = self.definition.clone();
        let path = match reference {
            Reference::Authority(i, part) => self.authority(&definition.purposes[i], part)?,
            Reference::Bundle(i) => return self.bundle(i),
            Reference::Certificate(i, part) => {
                let (certificate, key) = self.pair(i, definition.certificates[i].span)?;
                if part == PairPart::Certificate { certificate } else { key }
            }
            Reference::File(i) => {
                let path = self.file_path(i)?.value;
                match definition.files[i].content {
                    FileContent::Folder => self.needs.mount(&path, Mount::Storage),
                    FileContent::None => self.needs.mount_above(&path, Mount::Storage),
                    FileContent::Text(_) | FileContent::Yaml(_) => self.needs.mount(&path, Mount::File),
                }
                return Ok(path);
            }
            Reference::Keyring(i, part) => self.keyring(&definition.keyrings[i], part)?,
            Reference::Kubeconfig(i) => {
                let path = self.kubeconfig(i)?;
                self.needs.mount(&path, Mount::File);
                return Ok(path);
            }
        };
        self.needs.mount_above(&path, Mount::Folder);
        Ok(path)
    }
}
