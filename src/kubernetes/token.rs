//! Formats of bootstrap tokens and of rows of a static token file.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::values::Invalid;

/// What every group of a bootstrap token begins with (staging/src/k8s.io/cluster-bootstrap/token/api/types.go).
const GROUP: &str = "system:bootstrappers:";
/// The group of all bootstrap tokens.
pub const BOOTSTRAPPERS: &str = "system:bootstrappers";
/// The longest rest of such a group's name.
const REST: usize = 256;

/// A group that a bootstrap token may be in: `system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootstrapGroup(Arc<str>);

impl FromStr for BootstrapGroup {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let good = text.strip_prefix(GROUP).is_some_and(|rest| {
            rest.len() <= REST
                && rest.chars().all(|c| allowed(c) || matches!(c, ':' | '-'))
                && rest.chars().next_back().is_some_and(allowed)
        });
        if good {
            return Ok(Self(text.into()));
        }
        let message = format!("`{text}` is not a group that a bootstrap token may be in");
        Err(Invalid::new(message)
            .help(format!("write `{GROUP}NAME`, of lower-case letters, digits, `-` and `:`")))
    }
}

/// Whether a bootstrap token may be in a group of that name.
#[must_use]
pub fn is_bootstrap_group(text: &str) -> bool {
    text.parse::<BootstrapGroup>().is_ok()
}

impl fmt::Display for BootstrapGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Characters of a bootstrap token's public name.
pub const TOKEN_ID: usize = 6;

/// Characters of what is secret of a bootstrap token.
pub const TOKEN_SECRET: usize = 16;

/// The characters of bootstrap tokens.
pub const TOKEN_CHARACTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Whether a text has the form of a bootstrap token: `[a-z0-9]{6}\\.[a-z0-9]{16}`
/// (staging/src/k8s.io/cluster-bootstrap/token/api/types.go).
#[must_use]
pub fn is_bootstrap_token(text: &[u8]) -> bool {
    let lower = |part: &[u8]| part.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let (Some(id), Some(b'.'), Some(secret)) =
        (text.get(..TOKEN_ID), text.get(TOKEN_ID), text.get(TOKEN_ID + 1..))
    else {
        return false;
    };
    secret.len() == TOKEN_SECRET && lower(id) && lower(secret)
}

/// Whether a text can be a bearer token (RFC 6750, 2.1) that is not guessed at once.
#[must_use]
pub fn is_bearer_token(text: &str) -> bool {
    let token = text.trim_end_matches('=');
    let sign = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    (8..=512).contains(&token.len()) && token.chars().all(sign)
}

/// A user, its id or a group in a static token file, which is CSV with groups in one quoted field
/// (staging/src/k8s.io/apiserver/pkg/authentication/token/tokenfile/tokenfile.go).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenField(Arc<str>);

impl FromStr for TokenField {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = text.chars().find(|c| matches!(c, ',' | '"') || c.is_control() || c.is_whitespace());
        match bad {
            _ if text.is_empty() => Err(Invalid::new("a field of a token file cannot be empty")),
            Some(c) => Err(Invalid::new(format!("`{}` cannot be in a token file", c.escape_default()))),
            None => Ok(Self(text.into())),
        }
    }
}

impl fmt::Display for TokenField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_bootstrap_tokens() {
        for good in ["system:bootstrappers:workers", "system:bootstrappers:kubeadm:default-node-token"] {
            assert_eq!(good.parse::<BootstrapGroup>().unwrap().to_string(), good);
        }
        let long = format!("{GROUP}{}", "a".repeat(257));
        for bad in ["system:bootstrappers", "system:bootstrappers:", "system:bootstrappers:A", "a-", &long] {
            assert!(bad.parse::<BootstrapGroup>().is_err(), "{bad}");
        }
        assert!("system:bootstrappers:a-".parse::<BootstrapGroup>().is_err());
        assert!(long[..long.len() - 1].parse::<BootstrapGroup>().is_ok());
    }

    #[test]
    fn the_form_of_bootstrap_tokens() {
        assert!(is_bootstrap_token(b"07401b.f395accd246ae52d"));
        for bad in [
            "",
            "07401b",
            "07401b.",
            "07401b.f395accd246ae52",
            "07401B.f395accd246ae52d",
            "07401b-f395accd246ae52d",
        ] {
            assert!(!is_bootstrap_token(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn fields_of_token_files() {
        assert!("kubelet-bootstrap".parse::<TokenField>().is_ok());
        for bad in ["", "a,b", "a\"b", "a b", "a\nb"] {
            assert!(bad.parse::<TokenField>().is_err(), "{bad}");
        }
    }
}
