//! Extended key usages along a path: `checkChainForKeyUsage` of Go's crypto/x509 (verify.go).

use super::extensions::ExtendedKeyUsage;
use super::path::Path;

/// What a certificate is to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A client judges a server.
    Server,
    /// A server judges a client.
    Client,
}

/// Whether every certificate of a path, the root too, allows the purpose: by its own word, by `any`, or because it
/// says nothing (RFC 5280, 4.2.1.12, where that is asked of the leaf alone).
pub(super) fn allow(path: &Path<'_, '_>, purpose: Purpose, any_counts: bool) -> bool {
    path.iter()
        .all(|member| is_allowed(member.certificate.extensions.extended_key_usage, purpose, any_counts))
}

fn is_allowed(usage: ExtendedKeyUsage, purpose: Purpose, any_counts: bool) -> bool {
    let named = match purpose {
        Purpose::Server => usage.server,
        Purpose::Client => usage.client,
    };
    !usage.present || usage.any && any_counts || named
}
