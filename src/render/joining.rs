//! Renders what a node needs besides its tree to join: kubeconfigs with a token that is in neither lock nor trees.

use super::Piece;
use super::instance::Instance;
use super::placement::Host;
use crate::diagnostics::Diagnostic;
use crate::expand::Blueprint;
use crate::resolve::NodeIndex;
use crate::specification::CertificateIndex;

/// A kubeconfig with a hole for a token of no generation.
#[derive(Debug)]
pub struct Joining {
    /// Where it lies on the node.
    pub path: String,
    /// The API that it leads to: `https://HOST:PORT`.
    pub server: String,
    /// The authorities that may have issued that one's certificate.
    pub trusted: Vec<CertificateIndex>,
    /// Its text.
    pub pieces: Vec<Piece>,
}

/// The kubeconfigs of a node that want a token.
///
/// # Errors
/// What is wrong with a template or an expression, at its place.
pub fn joining(blueprint: &Blueprint<'_>, node: NodeIndex) -> Result<Vec<Joining>, Diagnostic> {
    let mut found = Vec::new();
    for &(component, instance) in &blueprint.hosts[node] {
        let mut host = Host::new(blueprint);
        let mut instance = Instance::new(&mut host, component, instance)?;
        for kubeconfig in 0..instance.definition.kubeconfigs.len() {
            found.extend(instance.joining(kubeconfig)?);
        }
    }
    Ok(found)
}
