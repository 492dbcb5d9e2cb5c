//! Files that flags name: what they say counts as much as a flag.

use super::{CANNOT, MAY, PLAN, said_of, said_with};
use crate::support::{AT, Lab};

const FIELD: &str = "catalog::field-type";

/// The flag of the API server, what its file says behind the kind, the code and a part of what is said; without a code,
/// nothing is.
const FILES: &[(&str, &str, &str, &str)] = &[
    ("authentication-config", "anonymous: {enabled: false}", MAY, "haproxy asks /readyz"),
    (
        "authentication-config",
        "anonymous: {enabled: true, conditions: [{path: /livez}]}",
        MAY,
        "has no condition for that path",
    ),
    ("authentication-config", "anonymous: {enabled: true, conditions: [{path: /readyz}]}", "", ""),
    ("authentication-config", "anonymous: {enabled: true}", "", ""),
    ("authentication-config", "anonymous: {conditions: [{path: /readyz}]}", CANNOT, "is not `true`"),
    ("authentication-config", "jwt: [{issuer: {url: 'http://x', audiences: [a]}}]", CANNOT, "https://"),
    ("authentication-config", "jwt: [{issuer: {url: 'https://x', audiences: []}}]", CANNOT, "no `audiences`"),
    ("authentication-config", "jwt: [{issuer: {url: 'https://x', audiences: [a, b]}}]", CANNOT, "MatchAny"),
    (
        "authentication-config",
        "jwt: [{issuer: {url: 'https://kubernetes.default.svc.cluster.local', audiences: [a]}}]",
        CANNOT,
        "the issuer of service accounts",
    ),
    (
        "authentication-config",
        "jwt: [{issuer: {url: 'https://x', audiences: [a]}}, {issuer: {url: 'https://x', audiences: [a]}}]",
        CANNOT,
        "the same `url`",
    ),
    (
        "authentication-config",
        "jwt: [{issuer: {url: 'https://x', audiences: [a]}}, {issuer: {url: 'https://y', audiences: [a]}}]",
        "",
        "",
    ),
    // What is not formed as it should be has another message, and rules say nothing.
    ("authentication-config", "jwt: 5", FIELD, "takes a list"),
    ("authorization-config", "authorizers: [{type: RBAC, name: a}]", MAY, "gives kubelets no rights"),
    (
        "authorization-config",
        "authorizers: [{type: AlwaysAllow, name: a}]",
        MAY,
        "lets every authenticated user",
    ),
    ("authorization-config", "authorizers: [{type: Node, name: a}]", MAY, "rights only to nodes"),
    ("authorization-config", "authorizers: []", CANNOT, "no `authorizers`"),
    (
        "authorization-config",
        "authorizers: [{type: Node, name: a}, {type: RBAC, name: a}]",
        CANNOT,
        "have the same `name`",
    ),
    (
        "authorization-config",
        "authorizers: [{type: Node, name: a}, {type: rbac, name: b}]",
        FIELD,
        "does not take this word",
    ),
    (
        "authorization-config",
        "authorizers: [{type: Node, name: a}, {type: Webhook, name: c}]",
        CANNOT,
        "has no `webhook`",
    ),
    ("authorization-config", "authorizers: [{type: Node, name: a}, {type: RBAC, name: b}]", "", ""),
    ("audit-policy-file", "rules: [{level: Meta}]", FIELD, "does not take this word"),
    ("audit-policy-file", "omitStages: [Received]\nrules: [{level: None}]", FIELD, "does not take this word"),
    ("audit-policy-file", "rules: []", CANNOT, "no `rules`"),
    ("audit-policy-file", "rules: [{users: [a]}]", CANNOT, "no `level`"),
    ("audit-policy-file", "rules: [{level: Metadata}]", "", ""),
    (
        "admission-control-config-file",
        "plugins: [{name: PodSecurity, configuration: {defaults: {enforce: restricted}}}]",
        CANNOT,
        "is no `PodSecurityConfiguration`",
    ),
    ("admission-control-config-file", "plugins: [{name: AlwaysAdmit, configuration: {a: 1}}]", "", ""),
    ("admission-control-config-file", "plugins: []", "", ""),
];

/// What the configuration of PodSecurity says behind its kind, the code and a part of what is said.
const POD_SECURITY: &[(&str, &str, &str)] = &[
    (
        "defaults: {enforce: restricted, enforce-version: v1.30, warn-version: latest, audit-version: v1.0}",
        "",
        "",
    ),
    ("exemptions: {usernames: ['a:b'], namespaces: [kube-system], runtimeClasses: [a.b]}", "", ""),
    ("defaults: {}", "", ""),
    ("defaults: {enforce: restrictd}", FIELD, "does not take this word"),
    ("default: {enforce: restricted}", "catalog::unknown-field", "has no field `default`"),
    ("defaults: {enforce-version: '1.30'}", CANNOT, "`defaults.enforce-version`"),
    ("defaults: {audit-version: v1.030}", CANNOT, "`defaults.audit-version`"),
    ("defaults: {warn-version: v1.x}", CANNOT, "`defaults.warn-version`"),
    ("exemptions: {namespaces: [a, a]}", CANNOT, "one name twice"),
    ("exemptions: {usernames: ['']}", CANNOT, "is empty"),
    ("exemptions: {namespaces: [Kube]}", CANNOT, "no name"),
    ("exemptions: {namespaces: ['kube-*']}", CANNOT, "no name"),
    ("exemptions: {namespaces: [a.b]}", CANNOT, "no name"),
    ("exemptions: {runtimeClasses: [-a]}", CANNOT, "no name"),
];

const OF_PODS: &str = "apiVersion: pod-security.admission.config.k8s.io/v1, kind: PodSecurityConfiguration";

/// A plan whose API servers, or schedulers, have a file.
fn plan(component: &str, flags: &str, unset: &str) -> String {
    format!(
        "{PLAN}\n[file.f]\nsource = \"f.yaml\"\npath = \"/etc/kubernetes/f.yaml\"\ncomponent = \"{component}\"\n\n\
         [component.{component}]\nflags.set = {{ {flags} }}\nflags.unset = [{unset}]\n"
    )
}

fn head(flag: &str) -> &'static str {
    match flag {
        "admission-control-config-file" => {
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n"
        }
        "audit-policy-file" => "apiVersion: audit.k8s.io/v1\nkind: Policy\n",
        "authorization-config" => {
            "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n"
        }
        _ => "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n",
    }
}

#[test]
fn files_that_api_servers_do_not_take_are_named() {
    let mut wrong = Vec::new();
    for (flag, text, code, words) in FILES {
        let unset = if *flag == "authorization-config" { "\"authorization-mode\"" } else { "" };
        let sink = if *flag == "audit-policy-file" { ", audit-log-path = \"/var/log/a\"" } else { "" };
        let plan = plan("kube-apiserver", &format!("{flag} = \"/etc/kubernetes/f.yaml\"{sink}"), unset);
        let found = said_with(&plan, &format!("{}{text}\n", head(flag)));
        let fits = found.iter().any(|(known, message)| known == code && message.contains(words));
        if !(if code.is_empty() { found.is_empty() } else { fits }) {
            wrong.push(format!("{flag} {text}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In the file, and in another one that it names.
#[test]
fn configurations_of_pod_security_that_api_servers_do_not_take_are_named() {
    let mut wrong = Vec::new();
    let named = "admission-control-config-file = \"/etc/kubernetes/f.yaml\"";
    let inline = plan("kube-apiserver", named, "");
    let apart = format!(
        "{inline}\n[file.g]\nsource = \"g.yaml\"\npath = \"/etc/kubernetes/pod/g.yaml\"\ncomponent = \"kube-apiserver\"\n"
    );
    let head = head("admission-control-config-file");
    for (text, code, words) in POD_SECURITY {
        let whole = format!("{{{OF_PODS}, {text}}}");
        let within = format!("{head}plugins: [{{name: PodSecurity, configuration: {whole}}}]\n");
        let names = format!("{head}plugins: [{{name: PodSecurity, path: pod/g.yaml}}]\n");
        let found = [said_with(&inline, &within), said_of(&apart, &[("f.yaml", &names), ("g.yaml", &whole)])];
        for found in &found {
            let fits = found.iter().any(|(known, message)| known == code && message.contains(words));
            if !(if code.is_empty() { found.is_empty() } else { fits }) {
                wrong.push(format!("{text}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whoever switches the plugin off reads none of it.
    let off = plan("kube-apiserver", &format!("{named}, disable-admission-plugins = [\"PodSecurity\"]"), "");
    let text = format!("{head}plugins: [{{name: PodSecurity, configuration: {{a: 1}}}}]\n");
    assert_eq!(said_with(&off, &text), []);
}

/// What stands in for a kind that a file does not say (k8s.io/apiserver, pkg/audit/policy/reader.go, pkg/server/options/tracing.go,
/// pkg/admission/config.go).
#[test]
fn files_without_a_kind_are_taken_where_the_program_takes_them() {
    let said = |flag: &str, text: &str| {
        let sink = if flag == "audit-policy-file" { ", audit-log-path = \"/var/log/a\"" } else { "" };
        let plan = plan("kube-apiserver", &format!("{flag} = \"/etc/kubernetes/f.yaml\"{sink}"), "");
        said_with(&plan, text)
    };
    let rules = "rules: [{level: Metadata}]\n";
    assert_eq!(said("audit-policy-file", &format!("apiVersion: audit.k8s.io/v1\n{rules}")), []);
    let without = said("audit-policy-file", &format!("kind: Policy\n{rules}"));
    assert!(
        without.iter().any(|(code, said)| *code == CANNOT && said.contains("no `apiVersion`")),
        "{without:?}"
    );
    assert_eq!(said("tracing-config-file", "apiVersion: apiserver.config.k8s.io/v1beta1\n"), []);
    assert_eq!(said("admission-control-config-file", "imagePolicy: {kubeConfigFile: /a}\n"), []);
    for flag in ["admission-control-config-file", "authentication-config", "egress-selector-config-file"] {
        let found = said(flag, "apiVersion: apiserver.config.k8s.io/v1beta1\n");
        assert!(found.iter().any(|(_, message)| message.contains("is no `")), "{flag} {found:?}");
    }
}

#[test]
fn files_of_another_kind_and_flags_beside_them_are_named() {
    let named = "authentication-config = \"/etc/kubernetes/f.yaml\"";
    let other = said_with(&plan("kube-apiserver", named, ""), head("authorization-config"));
    assert!(
        other.iter().any(|(_, message)| message.contains("is no `AuthenticationConfiguration`")),
        "{other:?}"
    );
    let twice = plan("kube-apiserver", &format!("{named}, anonymous-auth = true"), "");
    let twice = said_with(&twice, &format!("{}anonymous: {{enabled: true}}\n", head("")));
    assert!(twice.iter().any(|(_, message)| message.contains("excludes `--anonymous-auth`")), "{twice:?}");
    // haproxy asks at the path that the plan says.
    let live = "[component.haproxy]\nsetting.health-path = \"/livez?exclude=etcd\"\n";
    let live = format!("{}\n{live}", plan("kube-apiserver", named, ""));
    let text = format!("{}anonymous: {{enabled: true, conditions: [{{path: /livez}}]}}\n", head(""));
    assert_eq!(said_with(&live, &text), []);
}

/// Beside a configuration file the scheduler does not heed `--kubeconfig`.
#[test]
fn schedulers_have_their_kubeconfig_in_their_file() {
    let plan = plan("kube-scheduler", "config = \"/etc/kubernetes/f.yaml\"", "");
    let said = |text: &str| {
        let head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
        said_with(&plan, &format!("{head}{text}\n"))
    };
    let without = said("profiles: [{schedulerName: a}]");
    let is_named = |(code, message): &(&str, String)| *code == CANNOT && message.contains("`--kubeconfig`");
    assert!(without.iter().any(is_named), "{without:?}");
    assert_eq!(said("clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}"), []);
}

/// The same on hosts: what a file takes away, no proof finds by a flag.
#[test]
fn verify_follows_the_file_of_a_scheduler_and_not_the_flag_beside_it() {
    let lab = Lab::built("ha");
    let unit = "cluster.trees/hosts/master01/etc/systemd/system/kube-scheduler.service";
    let text = lab.read(unit);
    lab.write(
        unit,
        &text.replace("  --kubeconfig=", "  --config=/etc/kubernetes/s.yaml \\\n  --kubeconfig="),
    );
    let file = "cluster.trees/hosts/master01/etc/kubernetes/s.yaml";
    let head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
    let verified = |more: &str| {
        lab.write(file, &format!("{head}{more}"));
        lab.run(&["verify", "cluster.toml", "--trees", "cluster.trees", "--at", AT])
    };
    let without = verified("profiles: []\n");
    let said = without.out.clone() + &without.err;
    assert!(without.code == 1 && said.contains("does not connect to kube-apiserver"), "{without:#?}");
    let with = verified("clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}\n");
    assert_eq!(with.code, 0, "{with:#?}");
}
