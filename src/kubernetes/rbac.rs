//! Finds RBAC objects that grant more than ordinary rights.
//!
//! They are the "privilege escalation risks" of <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// Roles that every cluster has from the start and that lead to all of it
/// (plugin/pkg/auth/authorizer/rbac/bootstrappolicy, policy.go and controller_policy.go). A `*` stands for any rest.
const BUILT_IN: &[(&str, Power)] = &[
    ("cluster-admin", Power::Everything),
    ("admin", Power::Secrets),
    ("edit", Power::Secrets),
    ("system:aggregate-to-edit", Power::Secrets),
    ("system:kubelet-api-admin", Power::Nodes),
    ("system:kube-controller-*", Power::Tokens),
    ("system:kube-controller-*", Power::Secrets),
    ("system:node", Power::Tokens),
    ("system:node", Power::Secrets),
    ("system:controller:clusterrole-aggregation-controller", Power::Roles),
    ("system:controller:certificate-controller", Power::Approve),
    ("system:controller:*", Power::Controller),
    ("system:certificates.k8s.io:certificatesigningrequests:nodeclient", Power::Join),
    ("system:certificates.k8s.io:kube-apiserver-client-approver", Power::Approve),
    ("system:certificates.k8s.io:kube-apiserver-client-kubelet-approver", Power::Approve),
    ("system:certificates.k8s.io:kubelet-serving-approver", Power::Approve),
    ("system:certificates.k8s.io:legacy-unknown-approver", Power::Approve),
];

/// Whether a role can be called so (rbac/validation: a segment of a path).
#[must_use]
pub fn is_role_name(name: &str) -> bool {
    let whole = !name.is_empty() && name != "." && name != "..";
    whole && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '%'))
}

/// Whether a namespace can be called so: a label of RFC 1123.
#[must_use]
pub fn is_namespace(name: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let edge = name.starts_with('-') || name.ends_with('-');
    (1..=63).contains(&name.len()) && name.bytes().all(usual) && !edge
}

/// What leads to the whole cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    /// Every verb or every resource.
    Everything,
    /// `escalate`, `bind` on roles, or a role that gathers the rules of others.
    Roles,
    /// `impersonate`.
    Impersonate,
    /// Approving or signing certificate requests.
    Approve,
    /// The kubelets' own API: commands in every pod.
    Nodes,
    /// Tokens of any service account.
    Tokens,
    /// Reading Secrets.
    Secrets,
    /// What a controller may do: Secrets, or pods under any service account.
    Controller,
    /// The client certificate of any node, which nobody has to approve.
    Join,
    /// Webhooks that see and change every request.
    Webhooks,
}

impl Power {
    /// What a subject with it can do, as the rest of a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Power::Everything => "can do everything in its scope",
            Power::Roles => "can give itself any role",
            Power::Impersonate => "can impersonate other users",
            Power::Approve => "can approve or sign certificate requests",
            Power::Nodes => "can run commands on every node through the kubelets",
            Power::Tokens => "can create service-account tokens",
            Power::Secrets => "can read Secrets",
            Power::Controller => {
                "has the rights of a controller: most can read Secrets or start pods with any service account"
            }
            Power::Join => {
                "can get a certificate for any node name, and with it the Secrets of that node's pods"
            }
            Power::Webhooks => "can install webhooks that see and change every request",
        }
    }
}

/// Who has a role (rbac/v1 `Subject`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Everybody in a group.
    Group(String),
    /// Everybody who has the role to which this one is added.
    Holders,
    /// A service account, `NAMESPACE/NAME`.
    ServiceAccount(String),
    /// A user.
    User(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Group(name) => write!(f, "the group `{name}`"),
            Subject::Holders => f.write_str("everyone who has the role to which it is added"),
            Subject::ServiceAccount(name) => write!(f, "the service account `{name}`"),
            Subject::User(name) => write!(f, "the user `{name}`"),
        }
    }
}

/// One subject with one power, and the object that grants it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Who has it.
    pub subject: Subject,
    /// What it may do.
    pub power: Power,
    /// `ClusterRoleBinding/x`.
    pub object: String,
}

/// The grants of a set of objects. Roles count where one of the objects binds them; those that every cluster has from
/// the start are known.
#[must_use]
pub fn grants(objects: &[Value]) -> BTreeSet<Grant> {
    let items: Vec<&Value> = objects.iter().flat_map(items).collect();
    let mut roles: BTreeMap<(&str, &str, &str), BTreeSet<Power>> = BTreeMap::new();
    for role in items.iter().filter(|object| matches!(kind(object), "Role" | "ClusterRole")) {
        roles.entry((kind(role), namespace(role), name(role))).or_default().extend(powers(role));
    }
    let mut found = BTreeSet::new();
    for binding in items.iter().filter(|object| matches!(kind(object), "RoleBinding" | "ClusterRoleBinding"))
    {
        let role = &binding["roleRef"];
        let (role_kind, role_name) = (text(&role["kind"]), text(&role["name"]));
        let scope = if role_kind == "Role" { namespace(binding) } else { "" };
        let own = roles.get(&(role_kind, scope, role_name)).cloned().unwrap_or_default();
        let known =
            BUILT_IN.iter().filter(|(name, _)| is_called(role_name, name) && role_kind == "ClusterRole");
        let powers: BTreeSet<Power> = own.into_iter().chain(known.map(|(_, power)| *power)).collect();
        for subject in binding["subjects"].as_array().into_iter().flatten().filter_map(subject) {
            let object = format!("{}/{}", kind(binding), name(binding));
            found.extend(powers.iter().map(|&power| Grant {
                subject: subject.clone(),
                power,
                object: object.clone(),
            }));
        }
    }
    // A role that others gather needs no binding of ours.
    for role in items.iter().filter(|object| kind(object) == "ClusterRole" && is_gathered(object)) {
        let object = format!("ClusterRole/{}", name(role));
        found.extend(powers(role).into_iter().map(|power| Grant {
            subject: Subject::Holders,
            power,
            object: object.clone(),
        }));
    }
    found
}

/// Whether a role has a name, or begins as a pattern does.
fn is_called(role: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(role == pattern, |begin| role.starts_with(begin))
}

/// Which roles of the whole cluster a set of objects gives to whom.
#[must_use]
pub fn bindings(objects: &[Value]) -> Vec<(&str, Vec<Subject>)> {
    let bindings = objects.iter().flat_map(items).filter(|object| kind(object) == "ClusterRoleBinding");
    let subjects = |binding: &Value| {
        let all = binding["subjects"].as_array().into_iter().flatten();
        all.filter_map(subject).collect()
    };
    bindings.map(|binding| (text(&binding["roleRef"]["name"]), subjects(binding))).collect()
}

/// The powers of a role's rules.
fn powers(role: &Value) -> BTreeSet<Power> {
    let mut found = BTreeSet::new();
    if role["aggregationRule"].is_object() {
        found.insert(Power::Roles);
    }
    for rule in role["rules"].as_array().into_iter().flatten() {
        let list =
            |key: &str| -> Vec<&str> { rule[key].as_array().into_iter().flatten().map(text).collect() };
        let (verbs, resources) = (list("verbs"), list("resources"));
        let verb = |any: &[&str]| verbs.iter().any(|verb| *verb == "*" || any.contains(verb));
        let resource = |any: &[&str]| resources.iter().any(|resource| covers(resource, any));
        let changes = ["create", "update", "patch"];
        if resources.contains(&"*") || verbs.contains(&"*") && !resources.is_empty() {
            found.insert(Power::Everything);
        }
        if resource(&["roles", "clusterroles", "rolebindings", "clusterrolebindings"])
            && verb(&["escalate", "bind", "create", "update", "patch"])
        {
            found.insert(Power::Roles);
        }
        if verb(&["impersonate"]) {
            found.insert(Power::Impersonate);
        }
        if resource(&["certificatesigningrequests/approval"]) && verb(&changes)
            || resource(&["signers"]) && verb(&["approve", "sign"])
        {
            found.insert(Power::Approve);
        }
        if resource(&["nodes/proxy"]) {
            found.insert(Power::Nodes);
        }
        if resource(&["serviceaccounts/token"]) && verb(&["create"]) {
            found.insert(Power::Tokens);
        }
        if resource(&["secrets"]) && verb(&["get", "list", "watch"]) {
            found.insert(Power::Secrets);
        }
        if resource(&["mutatingwebhookconfigurations", "validatingwebhookconfigurations"]) && verb(&changes) {
            found.insert(Power::Webhooks);
        }
    }
    found
}

/// Whether a resource of a rule is one of those: `*`, `nodes/*` and `*/proxy` stand for many.
fn covers(resource: &str, any: &[&str]) -> bool {
    any.iter().any(|wanted| {
        let (plural, below) = wanted.split_once('/').unwrap_or((wanted, ""));
        let (own, own_below) = resource.split_once('/').unwrap_or((resource, ""));
        resource == "*"
            || (own == plural || own == "*" && !own_below.is_empty())
                && (own_below == below || own_below == "*" && !below.is_empty())
    })
}

/// Whether the API server adds a role's rules to one of its own.
fn is_gathered(role: &Value) -> bool {
    let labels = role["metadata"]["labels"].as_object();
    labels.is_some_and(|labels| {
        labels.keys().any(|key| key.starts_with("rbac.authorization.k8s.io/aggregate-to-"))
    })
}

/// All objects, those of lists one by one.
pub(super) fn each(objects: &[Value]) -> impl Iterator<Item = &Value> {
    objects.iter().flat_map(items)
}

/// The objects of a `List`, or the object itself.
fn items(object: &Value) -> Vec<&Value> {
    match object["items"].as_array() {
        Some(items) if kind(object).ends_with("List") => items.iter().collect(),
        _ => vec![object],
    }
}

/// None of a kind that no authorizer knows.
fn subject(subject: &Value) -> Option<Subject> {
    let name = text(&subject["name"]).to_owned();
    match text(&subject["kind"]) {
        "Group" => Some(Subject::Group(name)),
        "ServiceAccount" => Some(Subject::ServiceAccount(format!("{}/{name}", text(&subject["namespace"])))),
        "User" => Some(Subject::User(name)),
        _ => None,
    }
}

fn kind(object: &Value) -> &str {
    text(&object["kind"])
}

fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

fn namespace(object: &Value) -> &str {
    text(&object["metadata"]["namespace"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role(rule: Value) -> Vec<Value> {
        vec![
            json!({ "kind": "ClusterRole", "metadata": { "name": "r" }, "rules": [rule] }),
            json!({ "kind": "ClusterRoleBinding", "metadata": { "name": "b" },
                "roleRef": { "kind": "ClusterRole", "name": "r" }, "subjects": [{ "kind": "User", "name": "u" }] }),
        ]
    }

    fn found(objects: &[Value]) -> Vec<Power> {
        grants(objects).into_iter().map(|grant| grant.power).collect()
    }

    #[test]
    fn rules_that_lead_further() {
        let rule = |resources: &[&str], verbs: &[&str]| {
            role(json!({ "apiGroups": ["*"], "resources": resources, "verbs": verbs }))
        };
        assert_eq!(found(&rule(&["pods"], &["get", "list"])), []);
        assert_eq!(found(&rule(&["nodes"], &["get"])), []);
        assert_eq!(found(&rule(&["nodes/*"], &["get"])), [Power::Nodes]);
        assert_eq!(found(&rule(&["*/proxy"], &["get"])), [Power::Nodes]);
        assert_eq!(found(&rule(&["users", "groups"], &["impersonate"])), [Power::Impersonate]);
        assert_eq!(found(&rule(&["clusterroles"], &["bind"])), [Power::Roles]);
        assert_eq!(found(&rule(&["certificatesigningrequests/approval"], &["update"])), [Power::Approve]);
        assert_eq!(found(&rule(&["signers"], &["sign"])), [Power::Approve]);
        assert_eq!(found(&rule(&["serviceaccounts/token"], &["create"])), [Power::Tokens]);
        assert!(found(&rule(&["*"], &["get"])).contains(&Power::Everything));
        assert!(found(&rule(&["pods"], &["*"])).contains(&Power::Everything));
    }

    #[test]
    fn roles_count_where_they_are_bound() {
        let mut objects = role(json!({ "apiGroups": [""], "resources": ["secrets"], "verbs": ["get"] }));
        assert_eq!(found(&objects), [Power::Secrets]);
        objects.truncate(1);
        assert_eq!(found(&objects), []);
        objects[0]["metadata"]["labels"] = json!({ "rbac.authorization.k8s.io/aggregate-to-view": "true" });
        assert_eq!(found(&objects), [Power::Secrets]);
    }

    #[test]
    fn roles_that_every_cluster_has() {
        let binding = json!({ "kind": "List", "items": [{ "kind": "ClusterRoleBinding", "metadata": { "name": "b" },
            "roleRef": { "kind": "ClusterRole", "name": "cluster-admin" },
            "subjects": [{ "kind": "ServiceAccount", "namespace": "n", "name": "s" }] }] });
        let all = grants(&[binding]);
        let grant = all.first().unwrap();
        assert_eq!(grant.subject, Subject::ServiceAccount("n/s".to_owned()));
        assert_eq!(grant.power, Power::Everything);
        assert_eq!(grant.object, "ClusterRoleBinding/b");
        let bound = |role: &str| {
            found(&[json!({ "kind": "ClusterRoleBinding", "metadata": { "name": "b" },
                "roleRef": { "kind": "ClusterRole", "name": role }, "subjects": [{ "kind": "User", "name": "u" }] })])
        };
        assert_eq!(bound("system:node"), [Power::Tokens, Power::Secrets]);
        assert_eq!(bound("system:controller:job-controller"), [Power::Controller]);
        let aggregation = "system:controller:clusterrole-aggregation-controller";
        assert_eq!(bound(aggregation), [Power::Roles, Power::Controller]);
        assert_eq!(bound("system:certificates.k8s.io:certificatesigningrequests:nodeclient"), [Power::Join]);
        for role in ["view", "system:node-proxier", "system:kube-scheduler", "system:controllers"] {
            assert_eq!(bound(role), [], "{role}");
        }
    }
}
