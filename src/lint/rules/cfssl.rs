//! Rules for requests and configurations of cfssl (github.com/cloudflare/cfssl).
//!
//! They are `csr.CertificateRequest` and `config.Signing` there.

use std::net::IpAddr;

use crate::diagnostics::{Code, did_you_mean};
use crate::lint::certificate::Purposes;
use crate::lint::content::Read;
use crate::lint::facts::Facts;
use crate::lint::knowledge::Knowledge;
use crate::lint::report::Report;
use crate::yaml::Node;

/// What usages are called (config.go, `KeyUsage` and `ExtKeyUsage`).
const USAGES: [&str; 23] = [
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];
/// The first second of 2050.
const Y2050: i64 = 2_524_608_000;

pub(super) fn check<'k>(
    file: &Read<'_>,
    root: &Node,
    knowledge: &'k Knowledge,
    report: &mut Report,
) -> Vec<Facts<'k>> {
    if root.get("kind").is_some() {
        return Vec::new();
    }
    match root.get("signing") {
        Some(signing) => profiles(file, signing, report),
        None if root.get("key").is_some() => vec![request(file, root, knowledge, report)],
        None => Vec::new(),
    }
}

fn text(node: Option<&Node>) -> String {
    node.and_then(|node| node.scalar()).map(|scalar| scalar.text().to_owned()).unwrap_or_default()
}

fn request<'k>(file: &Read<'_>, root: &Node, knowledge: &'k Knowledge, report: &mut Report) -> Facts<'k> {
    let common_name = text(root.get("CN"));
    let mut facts = Facts::at(file.at(root.line, report), format!("the request of `{common_name}`"));
    let names = root.get("names").map(Node::items).unwrap_or_default();
    let values = |key: &str| {
        names.iter().map(|name| text(name.get(key))).filter(|value| !value.is_empty()).collect::<Vec<_>>()
    };
    facts.organizations = values("O");
    facts.countries = values("C");
    facts.authority = root.get("ca").is_some();
    for host in root.get("hosts").map(Node::items).unwrap_or_default() {
        let name = text(Some(host));
        if name.is_empty() {
            continue;
        }
        // As cfssl sorts them (csr.go, `Generate`).
        if name.parse::<IpAddr>().is_ok() {
            facts.addresses.push(name);
        } else if !name.contains('@') {
            facts.dns.push((file.at(host.line, report), name));
        }
    }
    let (algorithm, size) = (text(root.at(&["key", "algo"])), text(root.at(&["key", "size"])));
    facts.algorithm = Some(format!("{algorithm}-{size}"));
    facts.role = knowledge.roles.of(&file.given.path).or_else(|| {
        let dns: Vec<&str> = facts.dns.iter().map(|(_, dns)| dns.as_str()).collect();
        knowledge.roles.by_names(&dns)
    });
    facts.has_names = Some(!facts.dns.is_empty() || !facts.addresses.is_empty());
    facts.common_name = Some(common_name);
    facts
}

fn profiles<'k>(file: &Read<'_>, signing: &Node, report: &mut Report) -> Vec<Facts<'k>> {
    let named = signing.get("profiles").map(Node::entries).unwrap_or_default();
    let named = named.iter().map(|(name, body)| (format!("the profile `{}`", name.text), name.line, body));
    let default = signing.get("default").map(|body| ("the default profile".to_owned(), body.line, body));
    // A default without usages is one that profiles replace.
    let default = default.filter(|(.., body)| body.get("usages").is_some());
    default
        .into_iter()
        .chain(named)
        .map(|(what, line, body)| profile(file, (what, line, body), report))
        .collect()
}

fn profile<'k>(file: &Read<'_>, (what, line, body): (String, u32, &Node), report: &mut Report) -> Facts<'k> {
    let mut facts = Facts::at(file.at(line, report), what.clone());
    let usages = body.get("usages").map(Node::items).unwrap_or_default();
    for usage in usages {
        let word = text(Some(usage));
        if !USAGES.contains(&word.as_str()) {
            let place = file.at(usage.line, report);
            let help = did_you_mean(&word, USAGES).unwrap_or_default();
            report.say(Code::LintProfile, place, format!("cfssl does not know the usage `{word}`"), &help);
        }
    }
    let has = |word: &str| usages.iter().any(|usage| text(Some(usage)) == word);
    if usages.is_empty() {
        report.say(
            Code::LintProfile,
            facts.place,
            format!("{what} has no usages"),
            "write `\"usages\": [\"digital signature\", \"client auth\"]`",
        );
    }
    facts.says_usages = !usages.is_empty();
    facts.authority = body.at(&["ca_constraint", "is_ca"]).and_then(Node::as_bool) == Some(true);
    let any = has("any");
    let purposes = Purposes { client: any || has("client auth"), server: any || has("server auth") };
    facts.purposes = (purposes.client || purposes.server).then_some(purposes);
    if facts.purposes.is_none() && !facts.authority && !usages.is_empty() {
        let message = format!(
            "{what} has neither `client auth` nor `server auth`: its certificates are valid for every purpose"
        );
        report.say(Code::LintProfile, facts.place, message, "add their usages");
    }
    let words = [
        ("signing", "digitalSignature"),
        ("digital signature", "digitalSignature"),
        ("cert sign", "keyCertSign"),
    ];
    facts.key_usages =
        Some(words.iter().filter(|(word, _)| has(word)).map(|(_, usage)| (*usage).to_owned()).collect());
    end(file, &what, body, report);
    facts
}

/// `8760h`; hours are what everybody writes.
fn end(file: &Read<'_>, what: &str, body: &Node, report: &mut Report) {
    let Some(expiry) = body.get("expiry") else { return };
    let hours = text(Some(expiry)).strip_suffix('h').and_then(|hours| hours.parse::<i64>().ok());
    let end = hours.and_then(|hours| hours.checked_mul(3600)?.checked_add(report.now.unix()));
    if end.is_some_and(|end| end >= Y2050) {
        let place = file.at(expiry.line, report);
        let message = format!("certificates that {what} issues today expire after 2049");
        report.say(Code::LintPast2049, place, message, "let it expire before 2050");
    }
}
