//! Webhooks and extension API servers that a plan declares: whether the API server will believe them.

use std::fs;

use serde_json::Value;

use super::verified;
use crate::support::Lab;

const COMPONENT: &str = r#"
[component]
name = "admission"
place = "all"

[certificate.webhook]
authority = "services"
per = "cluster"
usage = "server"
common-name = "admission"
dns = ["admission.policy.svc", "admission.policy.svc.{{ cluster.domain }}"]

[bundle]
caller = { authorities = ["services"] }

[[manifest.objects.yaml]]
apiVersion = "v1"
kind = "Secret"
metadata = { name = "admission-tls", namespace = "policy" }
type = "kubernetes.io/tls"
data = { "tls.crt" = "{{ certificate.webhook.chain_base64 }}", "tls.key" = "{{ certificate.webhook.key_base64 }}" }

[[manifest.objects.yaml]]
apiVersion = "admissionregistration.k8s.io/v1"
kind = "ValidatingWebhookConfiguration"
metadata = { name = "admission" }

[[manifest.objects.yaml.webhooks]]
name = "admission.example.com"
clientConfig = { service = { name = "admission", namespace = "policy" }, caBundle = "{{ bundle.caller }}" }
rules = [{ apiGroups = [""], apiVersions = ["v1"], operations = ["CREATE"], resources = ["pods"] }]
admissionReviewVersions = ["v1"]
sideEffects = "None"

[[manifest.objects.yaml]]
apiVersion = "apiregistration.k8s.io/v1"
kind = "APIService"
metadata = { name = "v1.policy.example.com" }
spec = { group = "policy.example.com", version = "v1", groupPriorityMinimum = 1000, versionPriority = 15, service = { name = "admission", namespace = "policy" }, caBundle = "{{ bundle.caller }}" }
"#;

/// A Service and the pods behind it, which mount the Secret.
const PODS: &str = r#"
[[manifest.objects.yaml]]
apiVersion = "v1"
kind = "Service"
metadata = { name = "admission", namespace = "policy" }
spec = { selector = { app = "admission" }, ports = [{ port = 443 }] }

[[manifest.objects.yaml]]
apiVersion = "apps/v1"
kind = "Deployment"
metadata = { name = "admission", namespace = "policy" }

[manifest.objects.yaml.spec]
selector = { matchLabels = { app = "admission" } }

[manifest.objects.yaml.spec.template]
metadata = { labels = { app = "admission" } }
spec = { containers = [{ name = "a", image = "a" }], volumes = [{ name = "tls", secret = { secretName = "admission-tls" } }] }
"#;

fn lab(component: &str) -> Lab {
    let lab = Lab::bare("single");
    lab.edit("format = 1\n", "format = 1\ncatalog = \"catalog\"\n");
    lab.append(
        "\n[authority.services]\ncommon-name = \"services-ca\"\n\n[component.admission]\nversion = \"1.0\"\n",
    );
    fs::create_dir_all(lab.path("catalog/components/admission")).unwrap();
    lab.write("catalog/components/admission/component.toml", component);
    lab
}

/// The rows of the matrix about what is called: dial, server, how many hold, are broken, are not known.
fn rows(report: &Value) -> Vec<String> {
    let rows = report["matrix"].as_array().unwrap().iter();
    let called = rows.filter(|row| ["webhook", "extension server"].contains(&row["dial"].as_str().unwrap()));
    let text = |row: &Value| {
        assert_eq!(row["client"], "kube-apiserver");
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        format!("{} {} {}/{}/{}", text("dial"), text("server"), row["holds"], row["broken"], row["unknown"])
    };
    called.map(text).collect()
}

fn findings(report: &Value) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    all.map(|one| format!("{} {}", one["code"].as_str().unwrap(), one["message"].as_str().unwrap())).collect()
}

#[test]
fn what_a_plan_declares_for_the_api_server_is_proven() {
    let report = verified(&lab(COMPONENT), &[]);
    assert_eq!(findings(&report), Vec::<String>::new());
    let holds =
        ["extension server Secret/policy/admission-tls 1/0/0", "webhook Secret/policy/admission-tls 1/0/0"];
    assert_eq!(rows(&report), holds);
    let built = lab(&format!("{COMPONENT}{PODS}"));
    built.build();
    let report = verified(&built, &["--trees", "cluster.trees"]);
    assert_eq!((findings(&report), rows(&report)), (vec![], holds.map(str::to_owned).to_vec()));
}

#[test]
fn a_server_that_will_not_be_believed_is_named() {
    // Another authority, for one of the two that call.
    let component = COMPONENT
        .replace(
            "caller = { authorities = [\"services\"] }",
            "caller = { authorities = [\"services\"] }\nother = { authorities = [\"etcd\"] }",
        )
        .replace(
            "namespace = \"policy\" }, caBundle = \"{{ bundle.caller }}\" }\nrules",
            "namespace = \"policy\" }, caBundle = \"{{ bundle.other }}\" }\nrules",
        );
    let report = verified(&lab(&component), &[]);
    let refused = "verify::server-refused kube-apiserver refuses the server certificate of Secret/policy/admission-tls: no certificate of the trust bundle issued it";
    assert_eq!(findings(&report), [refused]);
    assert_eq!(
        rows(&report),
        ["extension server Secret/policy/admission-tls 1/0/0", "webhook Secret/policy/admission-tls 0/1/0"]
    );
    // The name of the Service is missing: in the only Secret of the namespace, and in the one that the pods mount.
    for pods in ["", PODS] {
        let component = format!("{COMPONENT}{pods}")
            .replace("dns = [\"admission.policy.svc\", \"admission.", "dns = [\"hooks.");
        let report = verified(&lab(&component), &[]);
        let named = findings(&report);
        assert_eq!(named.len(), 2, "{named:?}");
        let message = "verify::name-missing kube-apiserver connects to Secret/policy/admission-tls as admission.policy.svc";
        assert!(named.iter().all(|one| one.starts_with(message)), "{named:?}");
    }
    // It is for clients alone.
    let report = verified(&lab(&COMPONENT.replace("usage = \"server\"", "usage = \"client\"")), &[]);
    assert_eq!(findings(&report).len(), 2);
    assert!(findings(&report).iter().all(|one| one.starts_with("verify::server-refused")), "{report:#}");
}

#[test]
fn of_a_server_that_shows_what_no_plan_has_nothing_is_said() {
    // Another Service of the namespace, whose Secret something else makes, and a server outside.
    let other = COMPONENT.replace(
        "{ name = \"admission\", namespace = \"policy\" }, caBundle",
        "{ name = \"admission\", namespace = \"other\" }, caBundle",
    );
    let report = verified(&lab(&other), &[]);
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!(
        rows(&report),
        ["extension server Service/other/admission 0/0/1", "webhook Service/other/admission 0/0/1"]
    );
    let outside = COMPONENT.replace("service = { name = \"admission\", namespace = \"policy\" }, caBundle = \"{{ bundle.caller }}\" }\nrules", "url = \"https://hooks.example.com/v\", caBundle = \"{{ bundle.caller }}\" }\nrules");
    let report = verified(&lab(&outside), &[]);
    assert_eq!(findings(&report), Vec::<String>::new());
    assert!(rows(&report).contains(&"webhook hooks.example.com 0/0/1".to_owned()), "{report:#}");
}
