//! Kubeconfigs (staging/src/k8s.io/client-go/tools/clientcmd/api/v1/types.go), with everything embedded
//! as `kubectl config ... --embed-certs` does.

use serde_json::json;

use super::hole::Holes;
use super::{Hole, Piece, yaml};

/// What a kubeconfig says.
pub(super) struct Kubeconfig<'a> {
    pub(super) cluster: &'a str,
    pub(super) server: String,
    pub(super) trusts: Vec<usize>,
    pub(super) user: &'a str,
    pub(super) client: Option<(Vec<usize>, usize)>,
}

impl Kubeconfig<'_> {
    pub(super) fn pieces(self) -> Vec<Piece> {
        let mut holes = Holes::default();
        let mut base64 = |hole: Hole| holes.marker(Hole::Base64(Box::new(hole)));
        let context = format!("{}@{}", self.user, self.cluster);
        let authority = base64(Hole::Certificates(self.trusts));
        let mut user = serde_json::Map::new();
        if let Some((chain, key)) = self.client {
            user.insert("client-certificate-data".to_owned(), base64(Hole::Certificates(chain)).into());
            user.insert("client-key-data".to_owned(), base64(Hole::Key(key)).into());
        }
        let document = json!({
            "apiVersion": "v1",
            "clusters": [{
                "cluster": { "certificate-authority-data": authority, "server": self.server },
                "name": self.cluster,
            }],
            "contexts": [{ "context": { "cluster": self.cluster, "user": self.user }, "name": context }],
            "current-context": context,
            "kind": "Config",
            "users": [{ "name": self.user, "user": user }],
        });
        let text = yaml::to_text(&[document]);
        holes.split(&text).unwrap_or_else(|| vec![Piece::Text(text)])
    }
}
