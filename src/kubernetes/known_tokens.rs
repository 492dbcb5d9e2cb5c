//! Tokens that an API server accepts: rows of its static token file, and Secrets of bootstrap tokens.

use serde_json::Value;
use zeroize::Zeroizing;

use super::rbac;
use super::token::BOOTSTRAPPERS;

/// A token, and whom the server sees that shows it.
pub struct KnownToken {
    /// The token.
    pub token: Zeroizing<String>,
    /// The user.
    pub user: String,
    /// Its groups.
    pub groups: Vec<String>,
    /// When it ends, as it is written; none: never.
    pub expires: Option<String>,
}

/// The rows of a token file: token, user, uid, and groups in one field
/// (staging/src/k8s.io/apiserver/pkg/authentication/token/tokenfile/tokenfile.go). Rows without a token are skipped; of
/// two rows of one token the last counts.
#[must_use]
pub fn token_file(text: &str) -> Vec<KnownToken> {
    let rows = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(fields);
    let known = rows.filter_map(|row| {
        let mut fields = row.into_iter();
        let (token, user, _) = (fields.next()?, fields.next()?, fields.next()?);
        let groups = fields.next().unwrap_or_default();
        let groups = groups.split(',').map(str::trim).filter(|group| !group.is_empty()).map(str::to_owned);
        (!token.is_empty()).then(|| KnownToken {
            token: Zeroizing::new(token),
            user,
            groups: groups.collect(),
            expires: None,
        })
    });
    known.collect()
}

/// The fields of a row of CSV (RFC 4180).
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.next_if_eq(&'"').is_some() => field.push('"'),
            ('"', _) => quoted = !quoted,
            (',', false) => fields.push(std::mem::take(&mut field)),
            (c, _) => field.push(c),
        }
    }
    fields.push(field);
    fields
}

/// The Secrets of bootstrap tokens that let somebody in
/// (plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go).
#[must_use]
pub fn bootstrap_tokens(objects: &[Value]) -> Vec<KnownToken> {
    let secrets = rbac::each(objects).filter(|object| {
        object["kind"].as_str() == Some("Secret")
            && object["type"].as_str() == Some("bootstrap.kubernetes.io/token")
    });
    secrets.filter_map(bootstrap_token).collect()
}

fn bootstrap_token(secret: &Value) -> Option<KnownToken> {
    let text = |key: &str| {
        secret["stringData"][key].as_str().map(str::to_owned).or_else(|| decoded(&secret["data"][key]))
    };
    let (id, rest) = (text("token-id")?, text("token-secret")?);
    let is_named = secret["metadata"]["name"].as_str() == Some(&format!("bootstrap-token-{id}"));
    if !is_named || text("usage-bootstrap-authentication").as_deref() != Some("true") {
        return None;
    }
    let extra = text("auth-extra-groups").unwrap_or_default();
    let extra = extra.split(',').map(str::trim).filter(|group| !group.is_empty()).map(str::to_owned);
    Some(KnownToken {
        token: Zeroizing::new(format!("{id}.{rest}")),
        user: format!("system:bootstrap:{id}"),
        groups: [BOOTSTRAPPERS.to_owned()].into_iter().chain(extra).collect(),
        expires: text("expiration"),
    })
}

fn decoded(value: &Value) -> Option<String> {
    use base64ct::{Base64, Encoding};

    String::from_utf8(Base64::decode_vec(value.as_str()?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_of_a_token_file() {
        let rows =
            token_file("t,kubelet-bootstrap,10001,\"system:bootstrappers, a\"\n,x,y\nonly,two\nu,v,w\n");
        let shown: Vec<_> = rows.iter().map(|row| (&**row.token, &*row.user, row.groups.join("|"))).collect();
        let groups = "system:bootstrappers|a".to_owned();
        assert_eq!(shown, [("t", "kubelet-bootstrap", groups), ("u", "v", String::new())]);
    }

    #[test]
    fn secrets_of_bootstrap_tokens() {
        let secret = |name: &str, usage: &str| {
            json!({ "kind": "Secret", "type": "bootstrap.kubernetes.io/token", "metadata": { "name": name },
                "data": { "token-id": "YWJjZGVm" },
                "stringData": { "token-secret": "0123456789abcdef", "usage-bootstrap-authentication": usage,
                    "auth-extra-groups": "system:bootstrappers:workers" } })
        };
        let found = bootstrap_tokens(&[
            json!({ "kind": "List", "items": [secret("bootstrap-token-abcdef", "true")] }),
        ]);
        assert_eq!(&**found[0].token, "abcdef.0123456789abcdef");
        assert_eq!(found[0].groups, [BOOTSTRAPPERS, "system:bootstrappers:workers"]);
        assert_eq!(bootstrap_tokens(&[secret("bootstrap-token-other", "true")]).len(), 0);
        assert_eq!(bootstrap_tokens(&[secret("bootstrap-token-abcdef", "false")]).len(), 0);
    }
}
