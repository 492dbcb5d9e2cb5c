//! Rules for static tokens, for bootstrap tokens in Secrets, and for the tokens of kubeconfigs next to them.

use base64ct::{Base64, Encoding as _};

use super::keys::mode;
use crate::diagnostics::Code;
use crate::kubernetes::{MASTERS, is_bootstrap_group, is_bootstrap_token};
use crate::lint::content::{Content, Read};
use crate::lint::report::Report;
use crate::lint::tokens::Row;
use crate::yaml::Node;

/// Characters of a random token with 128 bits, in base64 and in hexadecimal digits.
const ENOUGH: (usize, usize) = (22, 32);

pub(super) fn static_tokens(file: &Read<'_>, rows: &[Row], report: &mut Report) {
    let mut seen: Vec<&str> = Vec::new();
    let before = report.count();
    for row in rows {
        let place = file.at(row.line, report);
        if row.broken || row.fields < 3 {
            let message = match row.broken {
                true => "the quotes of this line do not close, or are inside a field".to_owned(),
                false => format!("this line has {} fields, at least 3 are needed", row.fields),
            };
            report.say(
                Code::LintTokenFile,
                place,
                message,
                "write `TOKEN,USER,UID,\"GROUP,GROUP\"`: otherwise the API server does not start",
            );
            continue;
        }
        let token = row.token.as_str();
        if token.is_empty() {
            continue;
        }
        if seen.contains(&token) {
            report.say(
                Code::LintTokenFile,
                place,
                "this token also appears above",
                "the last line applies: remove one",
            );
        }
        seen.push(token);
        if row.groups.iter().any(|group| group == MASTERS) {
            let message = format!("a static token is in the group `{MASTERS}`");
            report.say(
                Code::LintMasters,
                place,
                message,
                "it never expires: give people certificates, or tokens that expire",
            );
        }
        let hexadecimal = token.bytes().all(|byte| byte.is_ascii_hexdigit());
        let enough = if hexadecimal { ENOUGH.1 } else { ENOUGH.0 };
        if token.len() < enough {
            let message = format!("a static token has only {} characters and can be guessed", token.len());
            report.say(
                Code::LintWeakToken,
                place,
                message,
                "`head -c 16 /dev/urandom | od -An -t x1 | tr -d ' \\n'` makes one",
            );
        }
    }
    // What is wrong with single lines is to be mended first.
    if let Some(row) = rows.first() {
        mode(file, row.line, "token", report);
    }
    if let Some(row) = rows.first().filter(|_| report.count() == before) {
        let place = file.at(row.line, report);
        let message = "static tokens never expire, and changing one needs a restart of every API server";
        report.say(
            Code::LintStaticToken,
            place,
            message,
            "use bootstrap tokens for nodes: they are Secrets and expire",
        );
    }
}

/// A Secret with a bootstrap token (k8s.io/cluster-bootstrap/token/api).
pub(super) fn secret(file: &Read<'_>, root: &Node, report: &mut Report) {
    let is_one = root.get("type").and_then(Node::as_str) == Some("bootstrap.kubernetes.io/token");
    let Some((data, encoded)) = token_data(root).filter(|_| is_one) else { return };
    let text = |key: &str| token_text(data, encoded, key);
    let line = |key: &str| data.get(key).map_or(data.line, |value| value.line);
    let mut say = |code: Code, line: u32, message: String, help: &str| {
        let place = file.at(line, report);
        report.say(code, place, message, help);
    };
    let (id, name) = (
        text("token-id").unwrap_or_default(),
        root.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default(),
    );
    if !is_bootstrap_token(format!("{id}.{}", text("token-secret").unwrap_or_default()).as_bytes()) {
        let help = "6 and 16 lower-case letters and digits: `kubeadm token generate` makes one";
        say(
            Code::LintBootstrapToken,
            line("token-id"),
            "`token-id` and `token-secret` do not form a bootstrap token".to_owned(),
            help,
        );
    } else if name != format!("bootstrap-token-{id}") {
        let message = format!("the Secret `{name}` contains the token `{id}`");
        say(
            Code::LintBootstrapToken,
            root.line,
            message,
            &format!("name it `bootstrap-token-{id}`: otherwise it is ignored"),
        );
    }
    if root.at(&["metadata", "namespace"]).and_then(Node::as_str) != Some("kube-system") {
        say(
            Code::LintBootstrapToken,
            root.line,
            format!("the Secret `{name}` is not in `kube-system`"),
            "in another namespace, it is ignored",
        );
    }
    if text("usage-bootstrap-authentication").as_deref() != Some("true") {
        let message =
            "`usage-bootstrap-authentication` is not \"true\": the token authenticates nobody".to_owned();
        say(
            Code::LintBootstrapToken,
            line("usage-bootstrap-authentication"),
            message,
            "write \"true\", in quotes",
        );
    }
    let groups = text("auth-extra-groups").unwrap_or_default();
    for group in
        groups.split(',').map(str::trim).filter(|group| !group.is_empty() && !is_bootstrap_group(group))
    {
        let message = format!(
            "`{group}` is not a group for bootstrap tokens, so the API server refuses the whole token"
        );
        say(
            Code::LintBootstrapToken,
            line("auth-extra-groups"),
            message,
            "write `system:bootstrappers:NAME`",
        );
    }
    if text("expiration").is_none_or(|end| end.is_empty()) {
        let message = format!("the bootstrap token `{id}` never expires");
        say(
            Code::LintEndlessToken,
            root.line,
            message,
            "add `expiration` (RFC 3339): without it, anyone who reads the token can join nodes forever",
        );
    }
}

/// The content of a Secret, and whether it is base64.
fn token_data(root: &Node) -> Option<(&Node, bool)> {
    root.get("stringData").map(|data| (data, false)).or_else(|| root.get("data").map(|data| (data, true)))
}

fn token_text(data: &Node, encoded: bool, key: &str) -> Option<String> {
    let text = data.get(key)?.scalar()?.text();
    if encoded {
        String::from_utf8(Base64::decode_vec(text.trim()).ok()?).ok()
    } else {
        Some(text.to_owned())
    }
}

/// Tokens of kubeconfigs that no token of the same run is.
pub(super) fn together(files: &[Read<'_>], report: &mut Report) {
    let mut known: Vec<String> = Vec::new();
    for file in files {
        match &file.content {
            Content::Tokens(rows) => known.extend(rows.iter().map(|row| row.token.to_string())),
            Content::Documents(documents) => known.extend(documents.iter().filter_map(|document| {
                let (data, encoded) = token_data(&document.root)?;
                let text = |key: &str| token_text(data, encoded, key);
                Some(format!("{}.{}", text("token-id")?, text("token-secret")?))
            })),
            _ => {}
        }
    }
    if known.is_empty() {
        return;
    }
    for file in files {
        let Content::Kubeconfig(config) = &file.content else { continue };
        let tokens = config.users.iter().filter_map(|user| Some((user, user.token.as_ref()?)));
        for (user, (line, token)) in tokens.filter(|(_, (_, token))| !known.contains(token)) {
            // Tokens of service accounts are signed, and stand nowhere.
            if token.matches('.').count() == 2 {
                continue;
            }
            let place = file.at(*line, report);
            let message = format!("the token of `{}` is not among the API server's tokens here", user.name);
            report.say(Code::LintTokenMismatch, place, message, "write the same token on both sides");
        }
    }
}
