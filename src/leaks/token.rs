//! Finds tokens, passwords and keys that are recognisable by their context.

use super::encoded::decode_base64;
use super::leak::{Credential, Hit, What};
use super::text::{SCHEME, begins_word, contains, entropy, is_random, places, url_password, value};
use crate::kubernetes::{TOKEN_SECRET, is_bootstrap_token};

/// What stands for a value that is not there, in any case of letters.
const PLACEHOLDERS: [&[u8]; 10] = [
    b"example",
    b"redacted",
    b"omitted",
    b"changeme",
    b"password",
    b"secret",
    b"your",
    b"xxxx",
    b"placeholder",
    b"1234",
];

/// What documentation prints: kubeadm's default token, those of
/// kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens and kubelet-tls-bootstrapping, the password of
/// kubernetes.io/docs/tasks/configmap-secret and the key of kubernetes.io/docs/setup/production-environment/tools/kubeadm.
const PRINTED: [&[u8]; 7] = [
    b"0123456789abcdef",
    b"f395accd246ae52d",
    b"02b50b05283e98dd0fd71db496ef01e8",
    b"31ada4fd-adec-460c-809a-9e56ceb75269",
    b"d09sbcov8ph2amjw",
    b"1f2d1e2e67df",
    b"f8902e114ef118304e561c3ecd4d0b54",
];

/// Lengths of the keys of AES and of secretbox, in bytes.
const ENCRYPTION_KEYS: [usize; 3] = [16, 24, 32];

/// VRRP's passwords have 8 characters; longer ones are cut (RFC 2338, 5.3.6).
const VRRP_PASSWORD: usize = 8;

const PASSWORD: &[u8] = b"password";

/// What keys of passwords in Secrets end with.
const PASSWORD_KEYS: [&[u8]; 5] = [PASSWORD, b"Password", b"PASSWORD", b"passwd", b"passphrase"];

/// What stands before kubeadm's key: a flag, a field, a message of `upload-certs`.
const CERTIFICATE_KEYS: [&[u8]; 3] = [b"--certificate-key", b"certificateKey", b"sing certificate key"];

/// Digits of that key, which is one of AES-256 (cmd/kubeadm/app/phases/copycerts).
const CERTIFICATE_KEY: usize = 64;

/// Shorter values are no static tokens.
const STATIC_TOKEN: usize = 16;

pub(super) fn find(bytes: &[u8]) -> Vec<Hit> {
    let mut hits = web_tokens(bytes);
    hits.extend(tokens(bytes));
    hits.extend(token_secrets(bytes));
    hits.extend(bare_token(bytes));
    hits.extend(rows(bytes));
    hits.extend(encryption_keys(bytes));
    hits.extend(vrrp_passwords(bytes));
    hits.extend(passwords(bytes));
    hits.extend(url_passwords(bytes));
    hits.extend(secret_passwords(bytes));
    hits.extend(certificate_keys(bytes));
    hits
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=._~-".contains(&byte)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}

fn is_placeholder(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let has = |word: &[u8]| lower.windows(word.len()).any(|window| window == word);
    PLACEHOLDERS.iter().chain(&PRINTED).any(|word| has(word))
}

/// JSON Web Tokens (RFC 7519) whose claims are those of a service account.
fn web_tokens(bytes: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut end = 0;
    for start in places(bytes, b"eyJ").filter(|start| begins_word(bytes, *start)) {
        if start < end {
            continue;
        }
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        end = start + bytes[start..].iter().take_while(part).count();
        let mut parts = bytes[start..end].split(|byte| *byte == b'.');
        let (Some(_), Some(claims), Some(signature)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let claims = decode_base64(claims);
        if contains(&claims, b"serviceaccount") && signature.len() >= 43 {
            hits.push(Hit::new(What::ServiceAccountToken, start..end));
        }
    }
    hits
}

/// `token: value`: a bootstrap token anywhere, any token in a kubeconfig.
fn tokens(bytes: &[u8]) -> Vec<Hit> {
    let keys = [&b"token"[..], b"TOKEN", b"Token"];
    let kubeconfig = is_kubeconfig(bytes);
    let found = keys.into_iter().flat_map(|key| places(bytes, key)).filter_map(|start| {
        let value = value(bytes, start + 5, is_part)?;
        let text = &bytes[value.clone()];
        if is_placeholder(text) || !is_random(text) {
            return None;
        }
        if is_bootstrap_token(text) {
            return Some(Hit::new(What::BootstrapToken, value));
        }
        let drawn = kubeconfig && is_bearer_token(text) && is_key(bytes, start, 5) && ends(bytes, value.end);
        drawn.then(|| Hit::new(What::Kubeconfig(Credential::Token), value))
    });
    found.collect()
}

/// `password: value` in a kubeconfig.
fn passwords(bytes: &[u8]) -> Vec<Hit> {
    if !is_kubeconfig(bytes) {
        return Vec::new();
    }
    let found = places(bytes, PASSWORD).filter_map(|start| {
        let value = value(bytes, start + PASSWORD.len(), is_part)?;
        let text = &bytes[value.clone()];
        let is_one = is_key(bytes, start, PASSWORD.len()) && ends(bytes, value.end);
        (is_one && is_password(text)).then(|| Hit::new(What::Kubeconfig(Credential::Password), value))
    });
    found.collect()
}

/// `https://user:value@host` in a kubeconfig.
fn url_passwords(bytes: &[u8]) -> Vec<Hit> {
    if !is_kubeconfig(bytes) {
        return Vec::new();
    }
    let found = places(bytes, SCHEME).filter_map(|at| url_password(bytes, at));
    let drawn = found.filter(|value| is_password(&bytes[value.clone()]));
    drawn.map(|value| Hit::new(What::Kubeconfig(Credential::Password), value)).collect()
}

/// `db-password: value` in a Secret, plain or in base64.
fn secret_passwords(bytes: &[u8]) -> Vec<Hit> {
    if !is_secret(bytes) {
        return Vec::new();
    }
    let is_part = |byte: u8| byte.is_ascii_graphic() && !b"\"'`,{}<>\\$".contains(&byte);
    let keys = PASSWORD_KEYS.into_iter();
    let found = keys.flat_map(|key| places(bytes, key).map(|at| at + key.len())).filter_map(|end| {
        let behind = bytes[end..].iter().find(|byte| !b"\\\"".contains(byte));
        let value = value(bytes, end, is_part).filter(|_| behind == Some(&b':'))?;
        let text = &bytes[value.clone()];
        let decoded = decode_base64(text);
        // The next key, where there is no value, and what SOPS has encrypted.
        let other = text.ends_with(b":") || text.starts_with(b"ENC[");
        let drawn = is_password(text) && !is_placeholder(&decoded) && ends(bytes, value.end);
        (drawn && !other).then(|| Hit::new(What::SecretPassword, value))
    });
    found.collect()
}

/// By its words, as a kubeconfig.
fn is_secret(bytes: &[u8]) -> bool {
    let kinds = [&b"kind: Secret"[..], b"kind: \"Secret", b"\"kind\": \"Secret", b"\"kind\":\"Secret"];
    let is_word = |end: usize| bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    kinds.into_iter().any(|kind| places(bytes, kind).any(|at| is_word(at + kind.len())))
}

fn is_password(text: &[u8]) -> bool {
    text.len() >= VRRP_PASSWORD && entropy(text) >= 2.0 && !is_placeholder(text)
}

/// `--certificate-key value` of kubeadm.
fn certificate_keys(bytes: &[u8]) -> Vec<Hit> {
    let keys = CERTIFICATE_KEYS.into_iter();
    let found = keys.flat_map(|key| places(bytes, key).map(|at| at + key.len())).filter_map(|end| {
        let value = value(bytes, end, |byte| byte.is_ascii_hexdigit())?;
        let text = &bytes[value.clone()];
        let drawn = text.len() == CERTIFICATE_KEY && is_random(text) && !is_placeholder(text);
        (drawn && ends(bytes, value.end)).then(|| Hit::new(What::CertificateKey, value))
    });
    found.collect()
}

/// Whether a word of that length at `start` is a key of YAML or JSON.
fn is_key(bytes: &[u8], start: usize, length: usize) -> bool {
    let behind = bytes[start + length..].iter().find(|byte| !b"\\\"".contains(byte));
    begins_word(bytes, start) && behind == Some(&b':')
}

/// Whether a value ends where its line or its quotes do.
fn ends(bytes: &[u8], end: usize) -> bool {
    bytes.get(end).is_none_or(|next| b"\"'\r\n ,}\\".contains(next))
}

fn is_bearer_token(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    text.len() >= STATIC_TOKEN && digits * 10 >= text.len() && entropy(text) >= 3.0
}

/// By its words rather than its structure: it may be a part of something else, or broken.
fn is_kubeconfig(bytes: &[u8]) -> bool {
    contains(bytes, b"current-context")
        || contains(bytes, b"kind: Config\n")
        || contains(bytes, b"\"Config\"")
        || (contains(bytes, b"clusters") && contains(bytes, b"users") && contains(bytes, b"contexts"))
}

/// The Secret of a bootstrap token: `token-secret`, plain or in base64.
fn token_secrets(bytes: &[u8]) -> Vec<Hit> {
    let found = places(bytes, b"token-secret").filter_map(|start| {
        let value = value(bytes, start + 12, is_base64)?;
        let text = &bytes[value.clone()];
        let decoded = decode_base64(text);
        let secret = if text.len() == TOKEN_SECRET { text } else { &decoded };
        let drawn = secret.len() == TOKEN_SECRET && !is_placeholder(secret) && is_random(secret);
        drawn.then(|| Hit::new(What::BootstrapToken, value))
    });
    found.collect()
}

/// A file of a bootstrap token and nothing else.
fn bare_token(bytes: &[u8]) -> Option<Hit> {
    let text = bytes.trim_ascii();
    let token = is_bootstrap_token(text) && !is_placeholder(text) && is_random(text);
    token.then(|| Hit::new(What::BootstrapToken, 0..bytes.len()))
}

/// Rows of a static token file: `token,user,uid,"group,group"`.
fn rows(bytes: &[u8]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(length) = row(line) {
            let indent = line.len() - line.trim_ascii_start().len();
            hits.push(Hit::new(What::StaticToken, start + indent..start + indent + length));
        }
        start += line.len();
    }
    hits
}

/// The length of the token.
fn row(line: &[u8]) -> Option<usize> {
    let line = line.trim_ascii();
    let mut fields = line.splitn(4, |byte| *byte == b',');
    let (token, user, uid) = (fields.next()?, fields.next()?, fields.next()?);
    let groups = fields.next().unwrap_or_default();
    let token = token.trim_ascii_start();
    let bearer = [user, groups].iter().any(|text| contains(text, b"system:") || contains(text, b"bootstrap"));
    let drawn = token.len() >= STATIC_TOKEN && token.iter().all(|byte| is_part(*byte)) && is_random(token);
    (drawn && bearer && !uid.is_empty() && !is_placeholder(token)).then_some(token.len())
}

/// Keys of an EncryptionConfiguration.
fn encryption_keys(bytes: &[u8]) -> Vec<Hit> {
    if !contains(bytes, b"EncryptionConfig") && !contains(bytes, b"secretbox") && !contains(bytes, b"aescbc")
    {
        return Vec::new();
    }
    let keys = places(bytes, b"secret").filter(|start| begins_word(bytes, *start));
    let found = keys.filter_map(|start| {
        let value = value(bytes, start + 6, is_base64)?;
        let key = decode_base64(&bytes[value.clone()]);
        // Examples are words: "secret is secure".
        let drawn =
            ENCRYPTION_KEYS.contains(&key.len()) && !key.iter().all(|byte| (b' '..=b'~').contains(byte));
        drawn.then(|| Hit::new(What::EncryptionKey, value))
    });
    found.collect()
}

/// `auth_pass` and a word, which two keepalived share.
fn vrrp_passwords(bytes: &[u8]) -> Vec<Hit> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#*+,-./:;=?@^_~&".contains(&byte);
    let found = places(bytes, b"auth_pass ").filter_map(|start| {
        let value = value(bytes, start + 9, is_part)?;
        let text = &bytes[value.clone()];
        (is_password(text) && ends(bytes, value.end)).then(|| Hit::new(What::VrrpPassword, value))
    });
    found.collect()
}
