//! Writes the Secret of a bootstrap token, and the `kubeadm join` command.
//!
//! They follow staging/src/k8s.io/cluster-bootstrap/token/api/types.go and cmd/kubeadm/app/cmd/join.go.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::token::BootstrapGroup;
use crate::values::{Instant, hex};

/// Room for any of these texts, so that nothing secret is left behind where a buffer grew.
const ROOM: usize = 65_536;

/// A token for one node.
pub struct JoinToken<'a> {
    /// `ID.SECRET`
    pub token: &'a str,
    /// Its groups beside that of all bootstrap tokens.
    pub groups: &'a [BootstrapGroup],
    /// Its last second.
    pub not_after: Instant,
    /// The node that it is for.
    pub node: &'a str,
}

impl JoinToken<'_> {
    /// Its Secret, as YAML.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(ROOM));
        let (id, secret) = self.token.split_once('.').unwrap_or((self.token, ""));
        let (node, end) = (self.node, self.not_after);
        let _ = write!(
            text,
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: bootstrap-token-{id}\n  namespace: kube-system\n\
             type: bootstrap.kubernetes.io/token\nstringData:\n  description: \"Made by pkiplan for {node}\"\n  \
             token-id: \"{id}\"\n  token-secret: \"{secret}\"\n  expiration: \"{end}\"\n  \
             usage-bootstrap-authentication: \"true\"\n  usage-bootstrap-signing: \"true\"\n"
        );
        if !self.groups.is_empty() {
            let groups: Vec<String> = self.groups.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "  auth-extra-groups: \"{}\"", groups.join(","));
        }
        text
    }

    /// What is run on the node: where the API is, and SHA-256 of the public keys of the authorities that may have
    /// issued its certificate.
    #[must_use]
    pub fn command(&self, server: &str, pins: &[[u8; 32]]) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(ROOM));
        let server = server.strip_prefix("https://").unwrap_or(server);
        let _ = write!(text, "kubeadm join {server} --token {}", self.token);
        for pin in pins {
            let _ = write!(text, " --discovery-token-ca-cert-hash sha256:{}", hex(pin));
        }
        let _ = write!(text, " --node-name {}", self.node);
        text
    }
}
