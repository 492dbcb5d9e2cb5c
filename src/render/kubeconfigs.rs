//! Renders the kubeconfigs of an instance.

use std::sync::Arc;

use super::instance::Instance;
use super::joining::Joining;
use super::kubeconfig::{Context, KubeconfigText, Proof, Trust};
use super::placement::Put;
use super::yaml::Fill;
use super::{Content, Filling, KeyringItem, Part};
use crate::catalog::{self, Class, Embed, KubeconfigContext, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::KubeconfigAt;
use crate::expression::to_text;
use crate::resolve::KeyringKind;
use crate::source::Span;
use crate::specification::CertificateIndex;

/// Whose token stands in a kubeconfig.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// That of the keyring that it names.
    Keyring,
    /// One that is made when the node joins.
    Joining,
}

impl Instance<'_, '_, '_> {
    /// Puts a kubeconfig on the host, once, however many flags and files name it; its path.
    pub(super) fn kubeconfig(&mut self, index: usize) -> Result<String, Diagnostic> {
        if let Some(path) = self.kubeconfigs.get(&index) {
            return Ok(path.clone());
        }
        let path = self.put_kubeconfig(index)?;
        self.kubeconfigs.insert(index, path.clone());
        Ok(path)
    }

    fn put_kubeconfig(&mut self, index: usize) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let kubeconfig = &definition.kubeconfigs[index];
        let at = KubeconfigAt { component: self.component, instance: self.instance, kubeconfig: index };
        if let Some(other) = blueprint.read_instead(at)? {
            return self.kubeconfig_of(other, kubeconfig);
        }
        let Some(path) = blueprint.paths[self.component].kubeconfigs[index].clone() else {
            return Err(self.missing(&format!("kubeconfig `{}`", kubeconfig.name), kubeconfig.span));
        };
        let class = self.class(kubeconfig)?;
        let content = match class {
            Class::Managed | Class::Seed => {
                Content::Pieces(self.contexts(kubeconfig, Whose::Keyring)?.pieces())
            }
            Class::Absent | Class::Runtime => Content::None,
        };
        let user = match kubeconfig.contexts.first() {
            Some(current) => self.user(current)?,
            None => String::new(),
        };
        let (owner, reaction) = (self.owner.clone(), self.reaction(&kubeconfig.name)?);
        let artefact = format!("kubeconfig of {user}");
        let put = Put::shared(&path, content, 0o600, owner, artefact).with(reaction);
        self.put_class(put.from(self.made_from(Part::Kubeconfig(index))), class)?;
        Ok(path.value)
    }

    /// The kubeconfig of another component of the host, which this one reads, too.
    fn kubeconfig_of(
        &mut self,
        other: KubeconfigAt,
        kubeconfig: &catalog::KubeconfigDefinition,
    ) -> Result<String, Diagnostic> {
        let theirs = &self.host.blueprint.definition(other.component).kubeconfigs[other.kubeconfig];
        let mut whose = Instance::new(self.host, other.component, other.instance)?;
        let path = whose.kubeconfig(other.kubeconfig)?;
        let mut read = whose.named_files(theirs)?;
        read.push(path.clone());
        let (reaction, in_pod) = (self.reaction(&kubeconfig.name)?, self.in_pod());
        for path in read {
            let Some(sheet) = self.host.sheet(&path) else { continue };
            if in_pod {
                self.needs.restarts_for(&sheet.artefact, &sheet.content);
            } else {
                sheet.affects(reaction.clone());
            }
        }
        Ok(path)
    }

    /// The files whose paths stand in a kubeconfig.
    fn named_files(&mut self, kubeconfig: &catalog::KubeconfigDefinition) -> Result<Vec<String>, Diagnostic> {
        let mut files = Vec::new();
        if self.embeds(kubeconfig)? {
            return Ok(files);
        }
        let definition = self.definition.clone();
        for context in &kubeconfig.contexts {
            let dial = &definition.dials[context.dial];
            if let Some(bundle) = dial.trusts {
                files.push(self.bundle(bundle)?);
            }
            if let Some(certificate) = dial.certificate.filter(|_| self.client(context).is_some()) {
                let (certificate, key) = self.pair(certificate, context.span)?;
                files.extend([certificate, key]);
            }
        }
        Ok(files)
    }

    fn embeds(&self, kubeconfig: &catalog::KubeconfigDefinition) -> Result<bool, Diagnostic> {
        match &kubeconfig.embed {
            None => Ok(true),
            Some(Embed::Always(embed)) => Ok(*embed),
            Some(Embed::When(when)) => self.holds(Some(when)),
        }
    }

    /// A kubeconfig that wants a token, as a node has it that joins; none where it wants none, or is not there.
    pub(super) fn joining(&mut self, index: usize) -> Result<Option<Joining>, Diagnostic> {
        let definition = self.definition.clone();
        let kubeconfig = &definition.kubeconfigs[index];
        let Some(with_token) = kubeconfig.contexts.iter().find(|context| context.token.is_some()) else {
            return Ok(None);
        };
        if !self.holds(kubeconfig.when.as_ref())? {
            return Ok(None);
        }
        let blueprint = self.host.blueprint;
        let Some(path) = blueprint.paths[self.component].kubeconfigs[index].clone() else {
            return Err(self.missing(&format!("kubeconfig `{}`", kubeconfig.name), kubeconfig.span));
        };
        let pieces = self.contexts(kubeconfig, Whose::Joining)?.pieces();
        let dial = &definition.dials[with_token.dial];
        let target = blueprint.targets(self.component, self.instance, with_token.dial).into_iter().next();
        let held = |bundle| blueprint.held(self.component, self.instance, bundle).0;
        Ok(Some(Joining {
            path: path.value,
            server: target.map(|target| target.url()).unwrap_or_default(),
            trusted: dial.trusts.map_or_else(Vec::new, held),
            pieces,
        }))
    }

    /// All contexts, the current one first.
    fn contexts(
        &mut self,
        kubeconfig: &catalog::KubeconfigDefinition,
        whose: Whose,
    ) -> Result<KubeconfigText, Diagnostic> {
        let embed = self.embeds(kubeconfig)?;
        let mut all = KubeconfigText::default();
        for context in &kubeconfig.contexts {
            let says = self.context(context, kubeconfig, (embed, whose))?;
            all.add(says).map_err(|(what, name)| {
                let message = format!(
                    "kubeconfig `{}` of `{}` has two different entries for the {what} `{name}`",
                    kubeconfig.name, self.definition.name
                );
                Diagnostic::new(Code::CatalogConflict, message)
                    .at(context.span, "")
                    .help(format!("give one of them another name with `{what}`"))
            })?;
        }
        Ok(all)
    }

    /// The user's name in a context.
    fn user(&mut self, context: &KubeconfigContext) -> Result<String, Diagnostic> {
        if let Some(user) = self.name(&context.user)? {
            return Ok(user);
        }
        let blueprint = self.host.blueprint;
        Ok(match self.client(context) {
            Some(made) => {
                let subject = &blueprint.certificates[made].specification.subject;
                subject.common_name().unwrap_or_default().to_owned()
            }
            None => self.definition.name.to_string(),
        })
    }

    /// The certificate that proves the user.
    fn client(&self, context: &KubeconfigContext) -> Option<CertificateIndex> {
        let client = self.definition.dials[context.dial].certificate;
        client.and_then(|i| self.certificate(i)).filter(|_| context.token.is_none())
    }

    /// A name in a kubeconfig; an empty one says nothing.
    fn name(&mut self, template: &Option<Template>) -> Result<Option<String>, Diagnostic> {
        let Some(template) = template else { return Ok(None) };
        Ok(Some(to_text(&self.text(template)?)).filter(|name| !name.is_empty()))
    }

    fn class(&self, kubeconfig: &catalog::KubeconfigDefinition) -> Result<Class, Diagnostic> {
        let Some(class) = &kubeconfig.class else { return Ok(Class::Managed) };
        self.one_of(class, &Class::WORDS, "a class of files")
    }

    fn context(
        &mut self,
        context: &KubeconfigContext,
        kubeconfig: &catalog::KubeconfigDefinition,
        (embed, whose): (bool, Whose),
    ) -> Result<Context, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let dial = &definition.dials[context.dial];
        let target = blueprint.targets(self.component, self.instance, context.dial).into_iter().next();
        let Some(target) = target else {
            let message = format!(
                "kubeconfig `{}` of `{}` has no server to connect to",
                kubeconfig.name, definition.name
            );
            return Err(Diagnostic::new(Code::DialNowhere, message).at(context.span, ""));
        };
        let trust = match dial.trusts {
            Some(bundle) if !embed => Trust::File(self.bundle(bundle)?),
            trusts => Trust::Embedded(
                trusts.map_or_else(Vec::new, |i| blueprint.held(self.component, self.instance, i).0),
            ),
        };
        let proof = match (&context.token, self.client(context)) {
            (Some(keyring), _) => Proof::Token(self.token(keyring, whose, context.span)?),
            (None, None) => match context.pair {
                // Its program makes it, and keeps both in one file.
                Some(file) => {
                    let path = self.file_path(file)?.value;
                    Proof::Files(path.clone(), path)
                }
                None => Proof::Nothing,
            },
            (None, Some(made)) if embed => Proof::Embedded(blueprint.chain(made), made),
            (None, Some(_)) => {
                let (certificate, key) = self.pair(dial.certificate.unwrap_or_default(), context.span)?;
                Proof::Files(certificate, key)
            }
        };
        Ok(Context {
            name: self.name(&context.name)?,
            cluster: self.name(&context.cluster)?.unwrap_or_else(|| blueprint.cluster_name().to_owned()),
            server: target.url(),
            trust,
            user: self.user(context)?,
            proof,
            namespace: self.name(&context.namespace)?,
        })
    }

    /// The token of a keyring that is in use, or one that is made when a node joins.
    fn token(&self, name: &Arc<str>, whose: Whose, span: Span) -> Result<Filling, Diagnostic> {
        if whose == Whose::Joining {
            let (name, item) = (name.clone(), KeyringItem::Token);
            return Ok(Filling::Keyring { name, item, generations: Vec::new() });
        }
        let keyring = self.host.blueprint.model.keyrings.get(name);
        let held = keyring.map(|keyring| (&keyring.kind, keyring.generations.used));
        match held {
            Some((KeyringKind::BootstrapToken(_) | KeyringKind::StaticToken(_), used)) => {
                Ok(Filling::of_keyring(name, KeyringItem::Token, used))
            }
            _ => {
                let message = format!(
                    "`{}` needs a token of `{name}`, which neither the plan nor the profile has",
                    self.definition.name
                );
                let help = format!("add `[keyring.{name}]` with `kind = \"bootstrap-token\"` to the plan");
                Err(Diagnostic::new(Code::UnknownKeyring, message).at(span, "").help(help))
            }
        }
    }
}
