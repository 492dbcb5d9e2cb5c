//! The certificates of a blueprint, and the reasons for the names in them.

use std::sync::Arc;

use crate::index::List;
use crate::resolve::{
    AuthorityIndex, ComponentIndex, ForeignIndex, FreeIndex, Instance, InstanceIndex, NodeIndex, UserIndex,
};
use crate::source::Span;
use crate::specification::{CertificateIndex, Specification};
use crate::stored::Stored;
use crate::values::{AlternativeName, Duration, SecretEpoch};

/// A certificate to be.
#[derive(Debug)]
pub struct Certificate {
    /// Its identity in the lock.
    pub id: Arc<str>,
    /// The id that its key derives from.
    pub key_id: Arc<str>,
    /// The secret that its key derives from.
    pub secret: SecretEpoch,
    /// What it says.
    pub specification: Specification,
    /// The certificate that issues it; none: itself.
    pub issuer: Option<CertificateIndex>,
    /// The certificate itself, where it was made elsewhere.
    pub stored: Option<Arc<Stored>>,
    /// Its key's generation, where the plan decides; none: the lock decides.
    pub generation: Option<u32>,
    /// Over how much time the ends of those like it are spread; none where the plan gives it its own validity.
    pub spread: Option<Duration>,
    /// Whether the cluster rotates it once it is on its host: this one is the first of many.
    pub rotated: bool,
    /// Whose it is.
    pub holder: Holder,
    /// What of the plan or catalog asks for it.
    pub origin: Span,
}

/// Whose a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// An authority's own.
    Authority(AuthorityIndex),
    /// One of an authority of another plan.
    Foreign(ForeignIndex),
    /// One that a component has once for the cluster, in what is applied to the API.
    Component {
        /// Which component.
        component: ComponentIndex,
        /// Which certificate of its definition.
        certificate: usize,
    },
    /// A free-standing one, on a node or under `users/`.
    Free {
        /// Its position among the plan's free-standing certificates.
        certificate: FreeIndex,
        /// The node on which it lies; none: on no host.
        node: Option<NodeIndex>,
    },
    /// One of a component's instance.
    Instance {
        /// Which component.
        component: ComponentIndex,
        /// Which of its instances.
        instance: InstanceIndex,
        /// Which certificate of its definition.
        certificate: usize,
    },
    /// A user's.
    User(UserIndex),
}

impl Holder {
    /// Whether it is an authority, of this plan or of another one.
    #[must_use]
    pub fn is_authority(self) -> bool {
        matches!(self, Holder::Authority(_) | Holder::Foreign(_))
    }
}

/// The certificates of a component.
#[derive(Debug, Default)]
pub struct OfComponent {
    /// Those of each instance, in the order of the definition.
    pub instances: List<Instance, Vec<CertificateIndex>>,
    /// Those that there are once for the cluster.
    pub once: Vec<CertificateIndex>,
}

/// Why a name stands in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The catalog declares it.
    Catalog(Span),
    /// A dial of a component reaches it by this name.
    Dialled {
        /// Which component dials.
        component: Arc<str>,
        /// By which dial.
        dial: Arc<str>,
        /// Where that is said.
        span: Span,
    },
    /// The plan adds it.
    Plan(Span),
    /// It is a name of a VIP in front.
    Vip {
        /// Which VIP.
        vip: Arc<str>,
        /// Where that is said.
        span: Span,
    },
}

impl Reason {
    /// Where the name is said.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Catalog(span) | Self::Plan(span) => *span,
            Self::Dialled { span, .. } | Self::Vip { span, .. } => *span,
        }
    }
}

/// A name, and why it stands there.
pub(super) type Reasoned = (AlternativeName, Reason);
