//! The kubeconfigs of an instance.

use std::sync::Arc;

use super::host::Put;
use super::instance::Instance;
use super::kubeconfig::{Kubeconfig, Proof, Trust};
use super::yaml::Fill;
use super::{Content, Hole, TokenPart};
use crate::catalog::{self, Class, Template};
use crate::diagnostics::{Code, Diagnostic};
use crate::expression::to_text;
use crate::resolve::KeyringKind;
use crate::source::Span;

impl Instance<'_, '_, '_> {
    pub(super) fn kubeconfig(&mut self, index: usize) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let kubeconfig = &definition.kubeconfigs[index];
        let Some(path) = blueprint.paths[self.component].kubeconfigs[index].clone() else {
            return Err(self.missing(&format!("kubeconfig `{}`", kubeconfig.name), kubeconfig.span));
        };
        let class = self.class(kubeconfig)?;
        let client = definition.dials[kubeconfig.dial].certificate;
        let client = client.and_then(|i| self.certificate(i)).filter(|_| kubeconfig.token.is_none());
        let user = match (self.name(&kubeconfig.user)?, client) {
            (Some(user), _) => user,
            (None, Some(made)) => {
                let subject = &blueprint.certificates[made].specification.subject;
                subject.common_name().unwrap_or_default().to_owned()
            }
            (None, None) => definition.name.to_string(),
        };
        let content = match class {
            Class::Managed | Class::Seed => {
                Content::Pieces(self.kubeconfig_content(kubeconfig, client, user.clone())?.pieces())
            }
            Class::Absent | Class::Runtime => Content::None,
        };
        let (owner, effect) = (self.owner.clone(), self.effect(&kubeconfig.name));
        let artefact = format!("kubeconfig of {user}");
        let put = Put { path: &path, content, mode: 0o600, owner, artefact, effect };
        self.put_class(put, class)?;
        Ok(path.value)
    }

    /// A name in a kubeconfig; an empty one says nothing.
    fn name(&mut self, template: &Option<Template>) -> Result<Option<String>, Diagnostic> {
        let Some(template) = template else { return Ok(None) };
        Ok(Some(to_text(&self.text(template)?)).filter(|name| !name.is_empty()))
    }

    fn class(&mut self, kubeconfig: &catalog::Kubeconfig) -> Result<Class, Diagnostic> {
        let Some(class) = &kubeconfig.class else { return Ok(Class::Managed) };
        let word = to_text(&self.text(class)?);
        let found = Class::WORDS.iter().find(|(known, _)| *known == word);
        found.map(|(_, class)| *class).ok_or_else(|| {
            let known: Vec<&str> = Class::WORDS.iter().map(|(word, _)| *word).collect();
            Diagnostic::new(Code::Expression, format!("`{word}` is not a class of files"))
                .at(class.span(), "")
                .help(format!("known: {}", known.join(", ")))
        })
    }

    fn kubeconfig_content(
        &mut self,
        kubeconfig: &catalog::Kubeconfig,
        client: Option<usize>,
        user: String,
    ) -> Result<Kubeconfig, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let dial = &definition.dials[kubeconfig.dial];
        let target = blueprint.targets(self.component, self.instance, kubeconfig.dial).into_iter().next();
        let Some(target) = target else {
            let message =
                format!("kubeconfig `{}` of `{}` has nothing to dial", kubeconfig.name, definition.name);
            return Err(Diagnostic::new(Code::DialNowhere, message).at(kubeconfig.span, ""));
        };
        let trust = match dial.trusts {
            Some(bundle) if !kubeconfig.embed => Trust::File(self.bundle(bundle)?),
            trusts => Trust::Embedded(
                trusts.map_or_else(Vec::new, |i| blueprint.held(self.component, self.instance, i).0),
            ),
        };
        let proof = match (&kubeconfig.token, client) {
            (Some(keyring), _) => Proof::Token(self.token(keyring, kubeconfig.span)?),
            (None, None) => Proof::Nothing,
            (None, Some(made)) if kubeconfig.embed => Proof::Embedded(blueprint.chain(made), made),
            (None, Some(_)) => {
                let (certificate, key) = self.pair(dial.certificate.unwrap_or_default(), kubeconfig.span)?;
                Proof::Files(certificate, key)
            }
        };
        let context = self.name(&kubeconfig.context)?;
        let cluster = blueprint.cluster_name().to_owned();
        Ok(Kubeconfig { cluster, server: target.url(), trust, user, context, proof })
    }

    /// The token of a keyring that is in use.
    fn token(&self, name: &Arc<str>, span: Span) -> Result<Hole, Diagnostic> {
        let keyring = self.host.blueprint.model.keyrings.get(name);
        let held = keyring.map(|keyring| (&keyring.kind, keyring.generations.used));
        match held {
            Some((KeyringKind::BootstrapToken(_) | KeyringKind::StaticToken(_), used)) => {
                Ok(Hole::Token(name.clone(), used, TokenPart::Whole))
            }
            _ => {
                let message = format!(
                    "`{}` wants a token of `{name}`, which no profile or plan has",
                    self.definition.name
                );
                let help = format!("add `[keyring.{name}]` with `kind = \"bootstrap-token\"` to the plan");
                Err(Diagnostic::new(Code::UnknownKeyring, message).at(span, "").help(help))
            }
        }
    }
}
