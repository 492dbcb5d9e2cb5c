//! Whether imported authorities stand where the plan puts them: what was made elsewhere was issued by somebody.

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::Blueprint;
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
        let help = "its extended key usage names others alone, and Go and OpenSSL refuse what is below it: have it \
                    reissued, with the same key and without extended key usage";
        let diagnostic = Diagnostic::new(Code::ImportedCertificate, message);
        diagnostics.push(diagnostic.at(authority.origin, "imported here").help(help));
    }
}

/// Reports each imported authority that was not issued by the imported one which the plan puts above it.
pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    purposes(blueprint, diagnostics);
    for certificate in &blueprint.certificates {
        let issuer = certificate.issuer.map(|issuer| &blueprint.certificates[issuer]);
        let Some((issuer, stored)) = issuer.zip(certificate.stored.as_ref()) else { continue };
        let Some(above) = &issuer.stored else {
            let message = format!(
                "the imported certificate of `{}` was not issued by `{}`, whose key is made here",
                certificate.id, issuer.id
            );
            let help = "import the certificate of the authority that has issued it, which needs no key \
                        (`pkiplan import --as authority.NAME FILE`), or leave `issuer` out";
            let diagnostic = Diagnostic::new(Code::ContradictsCertificate, message);
            let diagnostic =
                diagnostic.at(certificate.origin, "imported here").at(issuer.origin, "put above it");
            diagnostics.push(diagnostic.help(help));
            continue;
        };
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
