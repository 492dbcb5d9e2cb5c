//! Clients that gain power over the cluster, by their groups, by their names, or because servers trust their issuer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::super::state::State;
use super::objects;
use super::risk::{Risk, RiskKind, listed};
use super::sides::Sides;
use crate::expand::Holder;
use crate::kubernetes::{self, BOOTSTRAPPERS, Grant, MASTERS, Subject};
use crate::resolve::{ComponentIndex, KeyringKind, NodeIndex};
use crate::specification::Issuer;
use crate::values::{Attribute, Usage};

/// Who shows a credential to servers: a client certificate or a token.
struct Client<'a> {
    /// `user.alice`, `node.master01/...`: as in the lock.
    id: &'a str,
    user: String,
    groups: Vec<String>,
    holder: Option<Holder>,
    /// The authorities above it, the nearest first; none of a token.
    above: Vec<&'a str>,
}

/// What a client can do with what it shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Power {
    /// It has the name of a component's own client.
    Borrowed { user: String, component: String },
    /// A component lets in whoever has a certificate below one of its authorities.
    LetIn { component: String, because: String },
    /// It is in the group that RBAC does not limit.
    Masters,
    /// It has the name of somebody else in the plan.
    Shared { user: String, with: String },
    /// It has the identity of a node, and is not on that node.
    Node(String),
    /// It is in a group that Kubernetes keeps for itself.
    Reserved(String),
    /// It has a name that Kubernetes keeps for itself.
    ReservedUser(String),
    /// RBAC gives it a role.
    Role(Grant),
    /// It is a service account.
    ServiceAccount(String),
}

/// Components' clients of one name, by the root above.
type OfComponents<'a> = BTreeMap<&'a str, Vec<(ComponentIndex, NodeIndex)>>;

/// What one side says of powers.
struct Powers<'a> {
    state: &'a State<'a>,
    grants: BTreeSet<Grant>,
    /// Component and node by the common name of a component's client and the root above.
    names: BTreeMap<String, OfComponents<'a>>,
    /// By user and by id, everybody else.
    others: BTreeMap<String, Vec<Client<'a>>>,
    /// Component, what its clients can do, and the ids of the authorities that it trusts.
    doors: Vec<(&'a str, &'a str, BTreeSet<&'a str>)>,
}

/// One line for each power that a client gains; hosts that gain it by the components on them share a line.
pub(super) fn gained(sides: &Sides<'_>) -> Vec<Risk> {
    let powers = Powers::of(sides.after);
    let before = clients(sides.before);
    let old: BTreeMap<&str, BTreeSet<Power>> =
        before.iter().map(|client| (client.id, powers.all(sides.before, client))).collect();
    // Whoever keeps its name does not take that of somebody who comes later.
    let users: BTreeMap<&str, &String> = before.iter().map(|client| (client.id, &client.user)).collect();
    let mut gained: BTreeMap<(Power, bool), BTreeSet<String>> = BTreeMap::new();
    for client in clients(sides.after) {
        let had = old.get(client.id);
        for power in powers.all(sides.after, &client) {
            let of_another = matches!(power, Power::Shared { .. })
                && users.get(client.id).is_some_and(|user| **user == client.user);
            if !of_another && had.is_none_or(|had| !had.contains(&power)) {
                let node = client.node(sides.after);
                let who = node.as_ref().map_or_else(|| client.id.to_owned(), |node| format!("node.{node}"));
                gained.entry((power, node.is_some())).or_default().insert(who);
            }
        }
    }
    let message = |((power, _), who): ((Power, bool), BTreeSet<String>)| {
        let who: Vec<String> = who.into_iter().map(|who| format!("`{who}`")).collect();
        let message = format!("{} {power}", who.join(", "));
        RiskKind::Administrator.of(message, power.help())
    };
    gained.into_iter().map(message).collect()
}

/// Kubeconfigs of users that come to hosts, or get another owner there.
pub(super) fn kubeconfigs(sides: &Sides<'_>) -> Vec<Risk> {
    let (powers, clients) = (Powers::of(sides.after), clients(sides.after));
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let mut found = Vec::new();
    for user in &new.users {
        let Some(on_hosts) = &user.on_hosts else { continue };
        let was = old.users.iter().find(|was| was.id == user.id).and_then(|was| was.on_hosts.as_ref());
        let had: BTreeSet<&str> =
            was.iter().flat_map(|was| &was.nodes).map(|node| &*old.nodes[*node].id).collect();
        let (kept, gained): (Vec<NodeIndex>, Vec<NodeIndex>) =
            on_hosts.nodes.iter().partition(|node| had.contains(&*new.nodes[**node].id));
        let client = clients.iter().find(|client| *client.id == *user.id);
        let is_administrator = client.is_some_and(|client| {
            let all = powers.all(sides.after, client);
            all.iter().any(|power| matches!(power, Power::Masters | Power::Role(_)))
        });
        let kind = if is_administrator { RiskKind::Administrator } else { RiskKind::KeySpreads };
        let mut push = |nodes: &[NodeIndex], what: String| {
            if !nodes.is_empty() {
                let hosts = listed(nodes.iter().map(|node| new.nodes[*node].name.as_str()));
                let message = format!("the kubeconfig of `{}` {what} {hosts}", user.id);
                found.push(kind.of(message, "whoever can read it there can act as this user"));
            }
        };
        push(&gained, "comes to".to_owned());
        if was.is_some_and(|was| was.owner != on_hosts.owner) {
            push(&kept, format!("now belongs to `{}` on", on_hosts.owner));
        }
    }
    found
}

impl Client<'_> {
    /// Whether it is somebody else whom servers that believe the same root take for the other.
    fn shares(&self, other: &Client<'_>) -> bool {
        let same = match (self.holder, other.holder) {
            (Some(Holder::Free { certificate, .. }), Some(Holder::Free { certificate: other, .. })) => {
                certificate == other
            }
            _ => self.id == other.id,
        };
        let (root, others) = (self.above.last(), other.above.last());
        !same && (root.is_none() || others.is_none() || root == others)
    }

    /// The node of a component's client; none of everybody else's.
    fn node(&self, state: &State<'_>) -> Option<String> {
        let Some(Holder::Instance { component, instance, .. }) = self.holder else { return None };
        let model = state.blueprint.model;
        Some(model.nodes[model.components[component].instances[instance].node].name.to_string())
    }
}

/// Everybody who shows a credential.
fn clients<'a>(state: &'a State<'a>) -> Vec<Client<'a>> {
    let blueprint = state.blueprint;
    let certificates = blueprint.certificates.iter().filter(|certificate| {
        let usages = &certificate.specification.usages;
        !certificate.holder.is_authority() && (usages.is_empty() || usages.contains(&Usage::Client))
    });
    let mut found: Vec<Client<'_>> = certificates
        .map(|certificate| {
            let subject = &certificate.specification.subject;
            let of = |wanted: Attribute| {
                let all = subject.attributes().filter(move |(attribute, _)| *attribute == wanted);
                all.map(|(_, value)| value.to_owned())
            };
            Client {
                id: &certificate.id,
                // Go takes the last common name (crypto/x509/pkix, FillFromRDNSequence).
                user: of(Attribute::CommonName).last().unwrap_or_default(),
                groups: of(Attribute::Organization).collect(),
                holder: Some(certificate.holder),
                above: above(state, &certificate.specification.issuer),
            }
        })
        .collect();
    for keyring in blueprint.model.keyrings.values() {
        let user = match &keyring.kind {
            KeyringKind::BootstrapToken(_) => String::new(),
            KeyringKind::StaticToken(token) => token.user.to_string(),
            KeyringKind::Encryption(_) | KeyringKind::KeyPair(_) | KeyringKind::Password(_) => continue,
        };
        let groups = keyring.kind.groups();
        found.push(Client { id: &keyring.id, user, groups, holder: None, above: Vec::new() });
    }
    found
}

/// The ids of an issuer and of the authorities above it.
fn above<'a>(state: &'a State<'a>, issuer: &'a Issuer) -> Vec<&'a str> {
    let authorities = &state.blueprint.model.authorities;
    let Issuer::Authority { id, .. } = issuer else { return Vec::new() };
    let mut found = vec![&**id];
    let mut at = authorities.position(|authority| authority.id == *id);
    while let Some(next) = at.and_then(|at| authorities[at].issuer) {
        found.push(&authorities[next].id);
        at = Some(next);
    }
    found
}

impl<'a> Powers<'a> {
    fn of(state: &'a State<'a>) -> Self {
        let model = state.blueprint.model;
        let mut names: BTreeMap<String, OfComponents<'_>> = BTreeMap::new();
        let mut others: BTreeMap<String, Vec<Client<'_>>> = BTreeMap::new();
        for client in clients(state) {
            match (client.holder, client.above.last()) {
                (Some(Holder::Instance { component, instance, .. }), Some(root)) => {
                    let node = model.components[component].instances[instance].node;
                    let of_user = names.entry(client.user).or_default();
                    of_user.entry(root).or_default().push((component, node));
                }
                _ => others.entry(client.user.clone()).or_default().push(client),
            }
        }
        let mut doors = Vec::new();
        for component in model.components.iter().filter(|component| !component.instances.is_empty()) {
            let definition = &component.definition;
            for sensitive in &definition.sensitive {
                let Some(bundle) = sensitive.clients else { continue };
                let trusted = super::trusted::authorities(model, component, bundle);
                doors.push((&*definition.name, &*sensitive.because, trusted));
            }
        }
        Self { state, grants: objects::grants(state), names, others, doors }
    }

    fn all(&self, side: &State<'_>, client: &Client<'_>) -> BTreeSet<Power> {
        let mut found = BTreeSet::new();
        if client.groups.iter().any(|group| group == MASTERS) {
            found.insert(Power::Masters);
        }
        let groups = client.groups.iter().cloned().map(Subject::Group);
        let subjects: Vec<Subject> = groups.chain([Subject::User(client.user.clone())]).collect();
        // A keyring's token is there to join with.
        let is_token = client.holder.is_none();
        let granted = self.grants.iter().filter(|grant| subjects.contains(&grant.subject));
        let granted = granted.filter(|grant| !(is_token && objects::is_of_bootstrap(grant)));
        found.extend(granted.cloned().map(Power::Role));
        for (component, because, trusted) in &self.doors {
            if client.above.iter().any(|id| trusted.contains(id)) {
                found.insert(Power::LetIn { component: (*component).into(), because: (*because).into() });
            }
        }
        found.extend(self.by_name(side, client));
        found
    }

    /// What its name alone makes of a client. A component's own client has the name that the catalog gives it.
    fn by_name(&self, side: &State<'_>, client: &Client<'_>) -> Vec<Power> {
        let mut found = Vec::new();
        let node = client.node(side);
        match kubernetes::node_of(&client.user) {
            Some(named) if node.as_deref() != Some(named) => found.push(Power::Node(named.to_owned())),
            _ => {}
        }
        let own = match client.holder {
            Some(Holder::Component { component, .. } | Holder::Instance { component, .. }) => Some(component),
            _ => None,
        };
        let root = client.above.last().copied();
        let same = self.names.get(&client.user).into_iter().flatten();
        let same = same.filter(|(of, _)| root.is_none_or(|root| **of == root));
        for (component, _) in same.flat_map(|(_, holders)| holders).filter(|(holder, _)| Some(*holder) != own)
        {
            let component = self.state.blueprint.definition(*component).name.to_string();
            found.push(Power::Borrowed { user: client.user.clone(), component });
        }
        if own.is_none() {
            if found.is_empty() {
                found.extend(reserved_user(client));
            }
            found.extend(reserved_groups(client));
            let others = self.others.get(&client.user).into_iter().flatten();
            let others = others.filter(|other| !client.user.is_empty() && other.shares(client));
            found.extend(
                others.map(|other| Power::Shared { user: client.user.clone(), with: other.id.to_owned() }),
            );
        }
        found
    }
}

/// Groups that Kubernetes keeps for itself; a component's clients are in those that the catalog gives them.
fn reserved_groups(client: &Client<'_>) -> Vec<Power> {
    let ordinary = |group: &&String| **group == MASTERS || group.starts_with(BOOTSTRAPPERS);
    let groups = client.groups.iter().filter(|group| kubernetes::is_reserved(group) && !ordinary(group));
    groups.cloned().map(Power::Reserved).collect()
}

/// A name that Kubernetes keeps for itself and no component of the plan has.
fn reserved_user(client: &Client<'_>) -> Option<Power> {
    let user = &client.user;
    if kubernetes::is_service_account(user) {
        return Some(Power::ServiceAccount(user.clone()));
    }
    kubernetes::is_reserved(user).then(|| Power::ReservedUser(user.clone()))
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Power::Borrowed { user, component } => {
                write!(f, "is now `{user}`, the name under which {component} is known")
            }
            Power::LetIn { component, because } => write!(f, "is now a client of {component}, and {because}"),
            Power::Masters => write!(f, "is now in the group `{MASTERS}`"),
            Power::Node(node) => write!(f, "now has the identity of node `{node}`, and is not on it"),
            Power::Reserved(group) => {
                write!(f, "is now in the group `{group}`, which Kubernetes reserves")
            }
            Power::ReservedUser(user) => {
                write!(f, "is now `{user}`, a name that Kubernetes reserves")
            }
            Power::Shared { user, with } => write!(f, "is now `{user}`, as `{with}` is"),
            Power::Role(grant) => {
                let is = if matches!(grant.subject, Subject::Group(_)) { "is now in" } else { "is now" };
                write!(f, "{is} {}, which {} ({})", grant.subject, grant.power.sentence(), grant.object)
            }
            Power::ServiceAccount(user) => write!(f, "is now the service account `{user}`"),
        }
    }
}

impl Power {
    fn help(&self) -> &'static str {
        match self {
            Power::Masters => "this group may do anything, whatever RBAC says, until the certificate expires",
            Power::LetIn { .. } => "RBAC does not limit what it may do there",
            Power::Node(_) => "it can read the Secrets of that node's pods",
            Power::Borrowed { .. } => {
                "it has all rights of the component, and audit logs cannot tell them apart"
            }
            Power::ReservedUser(_) => "built-in roles of the cluster decide what this user may do",
            Power::Shared { .. } => "it has all rights of this user, and audit logs cannot tell them apart",
            Power::Reserved(_) => "built-in roles of the cluster decide what this group may do",
            Power::Role(_) => "this remains until the certificate expires or the binding is removed",
            Power::ServiceAccount(_) => "it has all rights of pods with this account",
        }
    }
}
