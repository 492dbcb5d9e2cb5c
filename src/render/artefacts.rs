//! Puts certificates, bundles, authorities and keyrings of an instance into files.

use std::sync::Arc;

use super::instance::Instance;
use super::placement::Put;
use super::pod::Mount;
use super::{Content, Filling, KeyringItem, MadeFrom, Part, Reaction};
use crate::catalog::{Holds, KeyringPart, PairPart};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Generations, KeyringKind};
use crate::source::{Span, Spanned};
use crate::specification::CertificateIndex;

impl Instance<'_, '_, '_> {
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
            let help = "give the same condition to everything that refers to it";
            return Err(Diagnostic::new(Code::UnknownReference, message).at(span, "").help(help));
        };
        let id = &blueprint.certificates[made].id;
        let reaction = self.reaction(&certificate.name)?;
        let path = &paths.certificate;
        if paths.is_one_file() {
            let (owner, artefact) = (self.owner.clone(), format!("certificate and key of {id}"));
            let both = Content::pair(blueprint.chain(made), made, paths.first);
            let path = self.put(Put::shared(path, both, 0o600, owner, artefact).with(reaction))?;
            return Ok((path.clone(), path));
        }
        let chain = Content::of(Filling::Certificates(blueprint.chain(made)));
        let (owner, artefact) = (self.owner.clone(), format!("certificate {id}"));
        let public = Put::shared(path, chain, 0o644, owner, artefact).with(reaction.clone());
        let public = self.put(public)?;
        let (owner, artefact) = (self.owner.clone(), format!("key of {id}"));
        let content = Content::of(Filling::Key(made));
        let private = self.put(Put::shared(&paths.key, content, 0o600, owner, artefact).with(reaction))?;
        Ok((public, private))
    }

    /// A bundle that the program reads.
    pub(super) fn bundle(&mut self, index: usize) -> Result<String, Diagnostic> {
        let reaction = self.reaction(&self.definition.bundles[index].name)?;
        let path = self.place_bundle(index, reaction)?;
        self.needs.mount_above(&path, Mount::Folder);
        Ok(path)
    }

    pub(super) fn place_bundle(
        &mut self,
        index: usize,
        reaction: Option<Reaction>,
    ) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let definition = self.definition.clone();
        let bundle = &definition.bundles[index];
        let (held, names) = blueprint.held(self.component, self.instance, index);
        let paths = &blueprint.paths[self.component];
        let path = match &names[..] {
            [purpose] if !paths.named_bundles.get(index).is_some_and(|named| *named) => {
                self.trust_path(purpose, bundle.holds, &held)
            }
            _ => paths.bundles[index].clone(),
        };
        let path = path.ok_or_else(|| self.missing(&format!("bundle `{}`", bundle.name), bundle.span))?;
        let made_from = Some(self.made_from(Part::Bundle(index)));
        self.trust(&path, held, &names.join(" and "), (reaction, made_from))
    }

    fn trust(
        &mut self,
        path: &Spanned<String>,
        held: Vec<CertificateIndex>,
        purposes: &str,
        (reaction, made_from): (Option<Reaction>, Option<MadeFrom>),
    ) -> Result<String, Diagnostic> {
        let artefact = format!("trust in {purposes}");
        let content = Content::of(Filling::Certificates(held));
        let put = Put::shared(path, content, 0o644, "root".into(), artefact).with(reaction);
        self.put(Put { made_from, ..put })
    }

    /// Where trust in one purpose lies: with the roots, wherever it is the same.
    fn trust_path(
        &self,
        purpose: &Arc<str>,
        holds: Holds,
        held: &[CertificateIndex],
    ) -> Option<Spanned<String>> {
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
    pub(super) fn authority(&mut self, purpose: &Arc<str>, part: PairPart) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let span = self.definition.span;
        let missing = |this: &Self| this.missing(&format!("authority `{purpose}`"), span);
        let authority = blueprint.model.authority_for(purpose).ok_or_else(|| missing(self))?;
        let signer = blueprint.authorities[authority].signer;
        let reaction = self.reaction(&format!("authority.{purpose}"))?;
        let id = blueprint.certificates[signer].id.clone();
        match part {
            PairPart::Certificate => {
                let roots = blueprint.bundle(std::slice::from_ref(purpose), Holds::Roots);
                let what = if roots == [signer] { "roots" } else { "certificate" };
                let path = self.authority_path(purpose, what).ok_or_else(|| missing(self))?;
                self.trust(&path, vec![signer], purpose, (reaction, None))
            }
            PairPart::Key => {
                let path = self.authority_path(purpose, "key").ok_or_else(|| missing(self))?;
                let content = Content::of(Filling::Key(signer));
                let (owner, artefact) = (self.owner.clone(), format!("key of {id}"));
                self.put(Put::shared(&path, content, 0o600, owner, artefact).with(reaction))
            }
        }
    }

    pub(super) fn keyring(&mut self, name: &Arc<str>, part: KeyringPart) -> Result<String, Diagnostic> {
        let blueprint = self.host.blueprint;
        let keyring = blueprint.model.keyrings.get(name);
        let Some(keyring) = keyring.filter(|keyring| matches!(keyring.kind, KeyringKind::KeyPair(_))) else {
            let message = format!(
                "`{}` refers to the key pair `{name}`, which neither the plan nor the profile has",
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
        let reaction = self.reaction(name)?;
        let owner = self.owner.clone();
        // kubeadm keeps the public half as closed as the private one.
        self.put(Put::shared(&path, content, 0o600, owner, artefact).with(reaction))
    }
}
