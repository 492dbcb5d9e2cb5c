//! Descriptions as text.

use super::{
    CertificateDescription, Credential, CrlDescription, Description, Key, KubeconfigDescription, Request,
    State,
};
use crate::printable;

/// Lines of `field  value`, indented by depth.
#[derive(Default)]
struct Sheet {
    text: String,
    depth: usize,
    /// Without anything that another day changes, and every name on a line of its own, so that a
    /// difference of two sheets is one of what they describe.
    stable: bool,
}

impl Description {
    /// The description in lines, each ended by a line feed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut sheet = Sheet::default();
        sheet.description(self);
        sheet.text
    }

    /// As [`Self::to_text`], but the same on every day: for comparisons.
    pub(super) fn to_stable_text(&self) -> String {
        let mut sheet = Sheet { stable: true, ..Sheet::default() };
        sheet.description(self);
        sheet.text
    }
}

impl Sheet {
    fn line(&mut self, line: &str) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
        self.text.push_str(&printable::line(line));
        self.text.push('\n');
    }

    fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.line(&format!("{name:<12} {value}"));
        }
    }

    fn below(&mut self, title: &str, body: impl FnOnce(&mut Self)) {
        self.line(title);
        self.depth += 1;
        body(self);
        self.depth -= 1;
    }

    fn description(&mut self, description: &Description) {
        match description {
            Description::Certificate(certificate) => {
                self.below("certificate", |s| s.certificate(certificate))
            }
            Description::Request(request) => self.below("certificate request", |s| s.request(request)),
            Description::Crl(crl) => self.below("certificate revocation list", |s| s.crl(crl)),
            Description::PrivateKey(key) => self.below("private key", |s| s.key(key)),
            Description::PublicKey(key) => self.below("public key", |s| s.key(key)),
            Description::EncryptedKey { format } => self.line(&format!("encrypted private key ({format})")),
            Description::Kubeconfig(config) => self.below("kubeconfig", |s| s.kubeconfig(config)),
            Description::Other { label, problem } => self.line(&format!("{label}: {problem}")),
        }
    }

    fn certificate(&mut self, certificate: &CertificateDescription) {
        self.field("subject", or_none(&certificate.subject));
        self.field("issuer", or_none(&certificate.issuer));
        self.field("serial", &certificate.serial);
        self.field("from", &certificate.not_before);
        self.until(certificate);
        self.names(&certificate.names);
        self.field("usages", &certificate.usages.join(", "));
        self.field("key usages", &certificate.key_usages.join(", "));
        if certificate.authority {
            let length = certificate.path_length.map(|length| format!(", path length {length}"));
            self.field("authority", &format!("yes{}", length.unwrap_or_default()));
        }
        self.field("permitted", &certificate.permitted.join(", "));
        self.field("excluded", &certificate.excluded.join(", "));
        self.field("key", &certificate.key.algorithm);
        self.field("signature", &certificate.signature);
        self.field("key id", certificate.subject_key_identifier.as_deref().unwrap_or_default());
        self.field("issuer's id", certificate.authority_key_identifier.as_deref().unwrap_or_default());
        self.field("critical", &certificate.other_critical.join(", "));
        self.field("public key", &digest(certificate.key.public_sha256.as_deref()));
        self.field("digest", &digest(Some(&certificate.sha256)));
    }

    fn until(&mut self, certificate: &CertificateDescription) {
        let left = match (certificate.state, certificate.days_left) {
            (State::NotYetValid, _) => "not yet valid".to_owned(),
            (State::Valid, 1) => "1 day left".to_owned(),
            (State::Valid, days) => format!("{days} days left"),
            (State::Expired, _) => "expired".to_owned(),
        };
        let left = if self.stable { String::new() } else { format!(" ({left})") };
        self.field("until", &format!("{}{left}", certificate.not_after));
    }

    fn names(&mut self, names: &[String]) {
        if self.stable {
            names.iter().for_each(|name| self.field("name", name));
        } else {
            self.field("names", &names.join(", "));
        }
    }

    fn request(&mut self, request: &Request) {
        self.field("subject", or_none(&request.subject));
        self.names(&request.names);
        self.field("usages", &request.usages.join(", "));
        self.field("key usages", &request.key_usages.join(", "));
        self.field("authority", if request.authority { "yes" } else { "" });
        self.key(&request.key);
    }

    fn crl(&mut self, crl: &CrlDescription) {
        self.field("issuer", or_none(&crl.issuer));
        self.field("number", crl.number.as_deref().unwrap_or("(none)"));
        self.field("issued", &crl.issued);
        let state = match crl.state {
            State::NotYetValid => " (not yet valid)",
            State::Expired => " (expired)",
            State::Valid => "",
        };
        let state = if self.stable { "" } else { state };
        self.field("expires", &format!("{}{state}", crl.expires.as_deref().unwrap_or("(never)")));
        for revoked in &crl.revoked {
            let reason = revoked.reason.map(|reason| format!(", {reason}")).unwrap_or_default();
            self.field("revoked", &format!("{} at {}{reason}", revoked.serial, revoked.at));
        }
        if crl.revoked.is_empty() {
            self.field("revoked", "nothing");
        }
        self.field("signature", &crl.signature);
        self.field("issuer's id", crl.authority_key_identifier.as_deref().unwrap_or_default());
        self.field("critical", &crl.other_critical.join(", "));
    }

    fn key(&mut self, key: &Key) {
        self.field("key", &format!("{} ({})", key.algorithm, key.format));
        let digest = digest(key.public_sha256.as_deref());
        self.field("public key", if digest.is_empty() { "not in the file" } else { &digest });
    }

    fn kubeconfig(&mut self, config: &KubeconfigDescription) {
        self.field("current", config.current_context.as_deref().unwrap_or("(no context)"));
        for context in &config.contexts {
            self.below(&format!("context {}", context.name), |s| {
                s.field("cluster", &context.cluster);
                s.field("user", &context.user);
                s.field("namespace", context.namespace.as_deref().unwrap_or_default());
            });
        }
        for cluster in &config.clusters {
            self.below(&format!("cluster {}", cluster.name), |s| {
                s.field("server", cluster.server.as_deref().unwrap_or_default());
                s.field("proxy", cluster.proxy.as_deref().unwrap_or_default());
                s.field("tls name", cluster.tls_server_name.as_deref().unwrap_or_default());
                s.field(
                    "insecure",
                    if cluster.insecure {
                        "yes: the certificate of the API server is not verified"
                    } else {
                        ""
                    },
                );
                s.credential("authority", cluster.authority.as_ref());
            });
        }
        for user in &config.users {
            self.below(&format!("user {}", user.name), |s| {
                s.credential("certificate", user.certificate.as_ref());
                s.credential("key", user.key.as_ref());
                s.field("key fits", user.key_fits.map_or("", |fits| if fits { "yes" } else { "no" }));
                s.field("also", &user.other.join(", "));
                s.field("runs", user.runs.as_deref().unwrap_or_default());
                let groups = user.acts_in.join(", ");
                let acts_as = user.acts_as.as_deref().unwrap_or_default();
                let acts_in = if groups.is_empty() { groups } else { format!(" in {groups}") };
                s.field("acts as", &format!("{acts_as}{acts_in}"));
            });
        }
    }

    fn credential(&mut self, name: &str, credential: Option<&Credential>) {
        match credential {
            None => {}
            Some(Credential::File(path)) => self.field(name, &format!("in {path}")),
            Some(Credential::Unreadable) => self.field(name, "embedded, and not PEM in base64"),
            Some(Credential::Embedded(described)) => described.iter().for_each(|one| self.description(one)),
        }
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "(none)" } else { text }
}

fn digest(sha256: Option<&str>) -> String {
    sha256.map(|digits| format!("sha256:{digits}")).unwrap_or_default()
}
