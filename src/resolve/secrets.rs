//! Which secret keys derive from: the plan names one, or the default is meant.

use std::collections::BTreeMap;

use super::{Model, Resolver};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::Text;
use crate::source::Span;
use crate::values::{SecretEpoch, SecretName};

/// `[secret.NAME]`
#[derive(Debug, Clone, Copy)]
pub struct DeclaredSecret {
    /// How often it was replaced, counted from 1.
    pub epoch: u32,
    /// Its table; none: the default secret, of which the plan says nothing.
    pub origin: Option<Span>,
}

impl Model {
    /// How people call a secret: `offline`, and one of an epoch that is not the plan's `offline.epoch-1`.
    #[must_use]
    pub fn secret_label(&self, secret: SecretEpoch) -> String {
        match self.secrets.get(&secret.name) {
            Some(declared) if declared.epoch != secret.epoch => {
                format!("{}.epoch-{}", secret.name, secret.epoch)
            }
            _ => secret.name.to_string(),
        }
    }
}

impl Resolver<'_> {
    /// The plan's secrets. They come first: everything else names them.
    pub(super) fn secrets(&mut self) {
        let document = self.document;
        self.secrets.insert(SecretName::default(), DeclaredSecret { epoch: 1, origin: None });
        for (name, written) in &document.secrets {
            let Some(parsed) = self.parsed::<SecretName>(name, Code::BadName) else { continue };
            let epoch = written.epoch.as_ref().map_or(Some(1), |epoch| u32::try_from(epoch.value).ok());
            match (epoch.filter(|epoch| *epoch >= 1), &written.epoch) {
                (None, Some(epoch)) => {
                    let message = "epochs of a secret are counted from 1";
                    self.push(Diagnostic::new(Code::BadValue, message).at(epoch.span, ""));
                }
                (epoch, _) => {
                    let secret = DeclaredSecret { epoch: epoch.unwrap_or(1), origin: Some(name.span) };
                    self.secrets.insert(parsed, secret);
                }
            }
        }
    }

    /// The secret of something: the first that is written, or the cluster's, or the default one.
    pub(super) fn secret(&mut self, written: &[Option<&Text>]) -> SecretEpoch {
        let document = self.document;
        let of_cluster = document.cluster.as_ref().and_then(|cluster| cluster.secret.as_ref());
        let text = written.iter().copied().flatten().next().or(of_cluster);
        let name = text.map_or_else(SecretName::default, |text| self.known_secret(text));
        self.used_secrets.insert(name);
        SecretEpoch { name, epoch: self.secrets.get(&name).map_or(1, |secret| secret.epoch) }
    }

    fn known_secret(&mut self, text: &Text) -> SecretName {
        if let Some(name) = text.value.parse().ok().filter(|name| self.secrets.contains_key(name)) {
            return name;
        }
        // One message for each place, however many hosts it is about.
        if self.unknown_secrets.insert(text.span) {
            let known: Vec<String> = self.secrets.keys().map(ToString::to_string).collect();
            let message = format!("there is no secret `{}`", text.value);
            let near = crate::diagnostics::did_you_mean(&text.value, known.iter().map(String::as_str));
            let help = near.unwrap_or_else(|| format!("add `[secret.{}]` to the plan", text.value));
            self.push(Diagnostic::new(Code::UnknownSecret, message).at(text.span, "").help(help));
        }
        SecretName::default()
    }

    /// The secrets of the model, once everything has named its own.
    pub(super) fn settle_secrets(&mut self, model: &mut Model) {
        let unused: Vec<(SecretName, Span)> = self
            .secrets
            .iter()
            .filter(|(name, _)| !self.used_secrets.contains(name))
            .filter_map(|(name, secret)| Some((*name, secret.origin?)))
            .collect();
        for (name, span) in unused {
            let message = format!("nothing derives from the secret `{name}`");
            let help = format!("write `secret = \"{name}\"` where it is meant, or leave the table out");
            self.push(Diagnostic::new(Code::UnusedSecret, message).at(span, "").help(help));
        }
        model.secrets = BTreeMap::clone(&self.secrets);
    }
}
