//! Finds the table of the plan or the catalog that caused a field of a certificate, to explain why it is reissued.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::artefacts::{Certificate, Holder, Reason};
use super::blueprint::Blueprint;
use super::owners::{Owners, table};
use crate::read::{TableKind, TableName};
use crate::resolve::{AuthorityIndex, Cluster, Node};
use crate::source::Span;
use crate::specification::{CertificateIndex, Difference, Field, Word};
use crate::values::AlternativeName;

/// What stands behind something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A dial of a component, which asks for a name: `COMPONENT (DIAL)`.
    Dial {
        /// Which component dials.
        component: Arc<str>,
        /// By which dial.
        dial: Arc<str>,
    },
    /// One key of a table of the plan: `cluster.domain`.
    Key(TableName, &'static str),
    /// A text of the plan or the catalog: `cluster.toml:12`.
    Text {
        /// Where it stands.
        span: Span,
        /// The same for people.
        place: String,
    },
    /// A table of the plan: `node.master04`.
    Table(TableName),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Dial { component, dial } => write!(f, "{component} ({dial})"),
            Cause::Key(table, key) => write!(f, "{table}.{key}"),
            Cause::Text { place, .. } => f.write_str(place),
            Cause::Table(table) => table.fmt(f),
        }
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Blueprint<'_> {
    /// The table of the secret that a key derives from; the default one of which the plan says nothing has none.
    fn secret_cause(&self, certificate: &Certificate) -> Cause {
        let declared = self.model.secrets.get(&certificate.secret.name);
        match declared.and_then(|declared| declared.origin) {
            Some(_) => Cause::Table(TableKind::Secret.named(certificate.secret.name.as_str())),
            None => self.text(certificate.origin),
        }
    }

    /// What in the plan or the catalog made a field of a certificate what it is. What is gone has no cause beyond that.
    #[must_use]
    pub fn cause(&self, index: CertificateIndex, difference: &Difference) -> Option<Cause> {
        let certificate = &self.certificates[index];
        // Others decided everything of it, and the plan which it is.
        if self.imported(index).is_some() {
            return (!difference.is_gone()).then(|| self.text(certificate.origin));
        }
        let word = match &difference.field {
            Field::Issuer(_) => return self.issuer_cause(certificate),
            Field::Identity => &Word::Key,
            Field::Generation => {
                let of_plan = matches!(certificate.holder, Holder::Authority(_));
                return of_plan.then(|| self.text(certificate.origin));
            }
            Field::Epoch | Field::Secret => return Some(self.secret_cause(certificate)),
            Field::Line(word) => word,
        };
        match (word, difference.new.as_deref()) {
            (Word::Subject, _) => Some(self.subject(certificate)),
            _ if difference.is_gone() => None,
            (Word::Name, Some(name)) => Some(match self.reason(index, name) {
                Some((name, reason)) => self.because_of(&name, reason),
                None => self.text(certificate.origin),
            }),
            (Word::Issuer | Word::IssuerKey, _) => self.issuer_cause(certificate),
            (Word::Key, _) => self.key_cause(certificate),
            (Word::Validity, _) => self.validity_origin(certificate).map(|span| self.text(span)),
            _ => Some(self.text(certificate.origin)),
        }
    }

    fn text(&self, span: Span) -> Cause {
        Cause::Text { span, place: self.sources.place(span) }
    }

    fn subject(&self, certificate: &Certificate) -> Cause {
        match self.node_of(certificate) {
            Some(node) if names_node(certificate, node) => Cause::Table(table(node)),
            _ => self.text(certificate.origin),
        }
    }

    /// Where a certificate's validity is said; none: a default of the language.
    #[must_use]
    pub fn validity_origin(&self, certificate: &Certificate) -> Option<Span> {
        let model = self.model;
        let own = match certificate.holder {
            Holder::Authority(authority) => return model.authorities[authority].own.origin,
            Holder::Foreign(_) => return None,
            Holder::Free { certificate, .. } => model.certificates[certificate].validity.as_ref(),
            Holder::Component { .. } | Holder::Instance { .. } => None,
            Holder::User(user) => model.users[user].validity.as_ref(),
        };
        match (own, self.issuing_authority(certificate)) {
            (Some(own), _) => Some(own.span),
            (None, Some(authority)) => model.authorities[authority].issued.origin,
            (None, None) => None,
        }
    }

    /// The first reason why a name stands in a certificate; what a VIP or the plan asks for comes first.
    fn reason(&self, index: CertificateIndex, name: &str) -> Option<(AlternativeName, Reason)> {
        let rank = |reason: &Reason| match reason {
            Reason::Vip { .. } => 0,
            Reason::Plan(_) => 1,
            Reason::Catalog(_) => 2,
            Reason::Dialled { .. } => 3,
        };
        let all = self.reasons(index).into_iter().filter(|(stands, _)| stands.to_string() == name);
        all.min_by_key(|(_, reason)| rank(reason))
    }

    fn because_of(&self, name: &AlternativeName, reason: Reason) -> Cause {
        match reason {
            Reason::Vip { vip, .. } => Cause::Table(TableKind::Vip.named(vip)),
            Reason::Plan(span) => match self.model.nodes.iter().find(|node| node.origin == span) {
                Some(node) => Cause::Table(table(node)),
                None => self.text(span),
            },
            Reason::Catalog(span) => self.owner(name).unwrap_or_else(|| self.text(span)),
            Reason::Dialled { component, dial, .. } => {
                self.owner(name).unwrap_or(Cause::Dial { component, dial })
            }
        }
    }

    fn key_cause(&self, certificate: &Certificate) -> Option<Cause> {
        let own = match certificate.holder {
            Holder::Authority(_) | Holder::Foreign(_) => true,
            Holder::Free { certificate, .. } => self.model.certificates[certificate].key.is_some(),
            Holder::Component { .. } | Holder::Instance { .. } => false,
            Holder::User(user) => self.model.users[user].key.is_some(),
        };
        if own { Some(self.text(certificate.origin)) } else { self.issuer_cause(certificate) }
    }

    fn issuer_cause(&self, certificate: &Certificate) -> Option<Cause> {
        let authority = &self.model.authorities[self.issuing_authority(certificate)?];
        Some(Cause::Table(TableKind::Authority.named(authority.name.clone())))
    }

    fn issuing_authority(&self, certificate: &Certificate) -> Option<AuthorityIndex> {
        match self.certificates[certificate.issuer?].holder {
            Holder::Authority(authority) => Some(authority),
            _ => None,
        }
    }

    /// The node that a certificate lies on.
    fn node_of(&self, certificate: &Certificate) -> Option<&Node> {
        let node = match certificate.holder {
            Holder::Instance { component, instance, .. } => {
                self.model.components[component].instances[instance].node
            }
            Holder::Free { node, .. } => node?,
            Holder::Authority(_) | Holder::Component { .. } | Holder::Foreign(_) | Holder::User(_) => {
                return None;
            }
        };
        Some(&self.model.nodes[node])
    }
}

fn names_node(certificate: &Certificate, node: &Node) -> bool {
    certificate.specification.subject.attributes().any(|(_, value)| value.contains(node.name.as_str()))
}

impl Blueprint<'_> {
    /// Whose a name is.
    fn owner(&self, name: &AlternativeName) -> Option<Cause> {
        let owners = self.owners.get_or_init(|| Owners::new(self.model));
        let of_cluster = |holds: &dyn Fn(&Cluster) -> bool, key| {
            let cluster = self.model.cluster.as_ref();
            cluster.is_some_and(holds).then(|| Cause::Key(TableKind::Cluster.whole(), key))
        };
        let (table, cluster) = match name {
            AlternativeName::Ip(address) => {
                let serves =
                    |cluster: &Cluster| cluster.service_cidrs.iter().any(|cidr| cidr.value.contains(address));
                (owners.addresses.get(address), of_cluster(&serves, "service-cidrs"))
            }
            AlternativeName::Dns(name) => {
                let within = |cluster: &Cluster| name.as_str().ends_with(cluster.domain.value.as_str());
                (owners.names.get(name.as_str()), of_cluster(&within, "domain"))
            }
            _ => return None,
        };
        table.cloned().map(Cause::Table).or(cluster)
    }
}
