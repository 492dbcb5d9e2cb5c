//! Checks that imported certificates were issued by the authorities above them, which must be allowed to issue them.

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::{Blueprint, Certificate};
use crate::issue::key::PublicKey;
use crate::issue::verify::{VerifyError, verify};
use crate::specification::CertificateIndex;
use crate::values::Usage;

/// Reports each imported authority whose extended key usage keeps it from what is issued below it.
fn purposes(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let mut kept: BTreeMap<(CertificateIndex, Usage), Vec<&str>> = BTreeMap::new();
    for certificate in blueprint.certificates.iter().filter(|one| !one.holder.is_authority()) {
        let mut above = certificate.issuer;
        while let Some(index) = above {
            let issuer = &blueprint.certificates[index];
            let allowed = issuer.stored.as_ref().and_then(|stored| stored.purposes.as_ref());
            let wanted = certificate.specification.usages.iter();
            for usage in wanted.filter(|usage| allowed.is_some_and(|allowed| !allowed.contains(usage))) {
                kept.entry((index, *usage)).or_default().push(&certificate.id);
            }
            above = issuer.issuer;
        }
    }
    for ((authority, usage), ids) in kept {
        let authority = &blueprint.certificates[authority];
        let more = if ids.len() > 1 { format!(" and {} more", ids.len() - 1) } else { String::new() };
        let message = format!(
            "the imported certificate of `{}` may not issue certificates for {}, as `{}`{more} is",
            authority.id,
            match usage {
                Usage::Client => "clients",
                Usage::Server => "servers",
            },
            ids.first().copied().unwrap_or_default()
        );
        let help = "its extended key usage does not include them, so Go and OpenSSL refuse certificates \
                    below it: have it reissued with the same key and without extended key usage";
        let diagnostic = Diagnostic::new(Code::ImportedCertificate, message);
        diagnostics.push(diagnostic.at(authority.origin, "imported here").help(help));
    }
}

/// Reports each imported certificate that was not issued by the imported authority which the plan puts above it.
pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    purposes(blueprint, diagnostics);
    // One certificate may be on many hosts.
    let mut found: Vec<Diagnostic> = Vec::new();
    for certificate in &blueprint.certificates {
        let Some(diagnostic) = misplaced(blueprint, certificate) else { continue };
        let same = |known: &Diagnostic| known.labels == diagnostic.labels;
        if certificate.holder.is_authority() || !found.iter().any(same) {
            found.push(diagnostic);
        }
    }
    diagnostics.extend(found);
}

/// Why a certificate was not issued by what the plan puts above it.
fn misplaced(blueprint: &Blueprint<'_>, certificate: &Certificate) -> Option<Diagnostic> {
    let issuer = &blueprint.certificates[certificate.issuer?];
    let stored = certificate.stored.as_ref()?;
    let leaf = !certificate.holder.is_authority();
    let (what, help) = match &issuer.stored {
        None if leaf => (
            format!("was not issued by `{}`, whose key is derived here", issuer.id),
            "import the certificate of the authority that has issued it (`pkiplan \
             import --as authority.NAME FILE`; its key is not needed), or remove `imported`",
        ),
        None => (
            format!("was not issued by `{}`, whose key is derived here", issuer.id),
            "import the certificate of the authority that has issued it (`pkiplan \
             import --as authority.NAME FILE`; its key is not needed), or remove `issuer`",
        ),
        Some(above) => {
            // A kind of key that is not known was reported where it was imported.
            let key = PublicKey::of(above)?;
            let by = format!("by `{}`, which the plan puts above it", issuer.id);
            let named = stored.issuer == above.subject;
            match verify(&stored.der, &key) {
                Ok(()) if named => return None,
                Err(VerifyError::Algorithm | VerifyError::Unreadable) if named => (
                    format!("does not have an accepted signature {by}"),
                    "have it reissued with the same key and a signature with SHA-256 or better",
                ),
                _ if leaf => (
                    format!("was not issued {by}"),
                    "import the authority that has issued it (its certificate is enough), and set this \
                     certificate's `authority`, or `clients` of `[external.NAME]`, to it",
                ),
                _ => (
                    format!("was not issued {by}"),
                    "set `issuer` to the authority that has issued it, or remove `issuer`",
                ),
            }
        }
    };
    let code = if leaf { Code::UnfitCertificate } else { Code::ContradictsCertificate };
    let message = format!("the imported certificate of `{}` {what}", certificate.id);
    let diagnostic = Diagnostic::new(code, message).at(certificate.origin, "imported here");
    Some(diagnostic.at(issuer.origin, "put above it").help(help))
}
