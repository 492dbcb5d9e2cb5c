//! Whether imported authorities stand where the plan puts them: what was made elsewhere was issued by somebody.

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
use crate::issue::key::PublicKey;
use crate::issue::verify::{VerifyError, verify};

/// Reports each imported authority that was not issued by the imported one which the plan puts above it.
pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    for certificate in &blueprint.certificates {
        let issuer = certificate.issuer.map(|issuer| &blueprint.certificates[issuer]);
        let Some((issuer, stored)) = issuer.zip(certificate.stored.as_ref()) else { continue };
        let Some(above) = &issuer.stored else { continue };
        // A kind of key that is not known was reported where it was imported.
        let Some(key) = PublicKey::of(above) else { continue };
        let signed = verify(&stored.der, &key);
        let by = format!("by `{}`, which the plan puts above it", issuer.id);
        let (what, help) = match signed {
            Ok(()) if stored.issuer == above.subject => continue,
            Err(VerifyError::Algorithm | VerifyError::Unreadable) if stored.issuer == above.subject => (
                format!("is not signed in a way that counts {by}"),
                "have it reissued, with the same key, and signed with SHA-256 or longer",
            ),
            _ => (
                format!("was not issued {by}"),
                "write the authority into `issuer` that has issued it, or leave `issuer` out",
            ),
        };
        let message = format!("the imported certificate of `{}` {what}", certificate.id);
        let diagnostic = Diagnostic::new(Code::ContradictsCertificate, message);
        let diagnostic = diagnostic.at(certificate.origin, "imported here").at(issuer.origin, "put above it");
        diagnostics.push(diagnostic.help(help));
    }
}
