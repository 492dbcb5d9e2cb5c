//! The table `[cluster]`.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[cluster]`
#[derive(Debug)]
pub struct ClusterTable {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// Its name, as in kubeconfigs.
    pub name: Option<Text>,
    /// Which components and defaults.
    pub profile: Option<Text>,
    /// Where things lie.
    pub layout: Option<Text>,
    /// `systemd` or `static-pod`.
    pub run: Option<Text>,
    /// The Kubernetes version.
    pub version: Option<Text>,
    /// The DNS domain of services.
    pub domain: Option<Text>,
    /// Service networks.
    pub service_cidrs: Option<Vec<Text>>,
    /// Pod networks.
    pub pod_cidrs: Option<Vec<Text>>,
    /// `vip.NAME` or `node.NAME`.
    pub endpoint: Option<Text>,
    /// `address` or `name`: how the endpoint is dialled.
    pub endpoint_by: Option<Text>,
    /// Whether users' kubeconfigs name the cluster with each user.
    pub qualified_users: Option<Spanned<bool>>,
    /// Roles beside those of the profile.
    pub roles: Option<Vec<Text>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl ClusterTable {
    pub(super) fn unread(span: Span) -> Self {
        ClusterTable {
            span,
            secret: None,
            name: None,
            profile: None,
            layout: None,
            run: None,
            version: None,
            domain: None,
            service_cidrs: None,
            pod_cidrs: None,
            endpoint: None,
            endpoint_by: None,
            qualified_users: None,
            roles: None,
            unread: Unread::everything(),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "name");
        let mut cluster = ClusterTable {
            span: t.span,
            secret: t.text(reader, "secret"),
            name: t.text(reader, "name"),
            profile: t.text(reader, "profile"),
            layout: t.text(reader, "layout"),
            run: t.text(reader, "run"),
            version: t.text(reader, "version"),
            domain: t.text(reader, "domain"),
            service_cidrs: t.texts(reader, "service-cidrs"),
            pod_cidrs: t.texts(reader, "pod-cidrs"),
            endpoint: t.text(reader, "endpoint"),
            endpoint_by: t.text(reader, "endpoint-by"),
            qualified_users: t.boolean(reader, "qualified-users"),
            roles: t.texts(reader, "roles"),
            unread: Unread::default(),
        };
        cluster.unread = t.finish(reader);
        cluster
    }
}
