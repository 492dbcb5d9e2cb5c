//! Webhooks and extension API servers that the API server calls, and the Secrets with their certificates.

use std::collections::BTreeSet;

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use zeroize::Zeroizing;

use super::rbac::each;

/// A server that is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The object that says so: `ValidatingWebhookConfiguration/admission`.
    pub object: String,
    /// What the server is.
    pub kind: CalledKind,
    /// Where it is.
    pub at: CalledAt,
    /// Who is believed.
    pub believed: Believed,
}

/// What a server is that is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalledKind {
    /// It is asked about objects.
    Webhook,
    /// It serves a part of the API.
    Extension,
}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalledAt {
    /// Behind a Service.
    Service {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its port.
        port: u16,
    },
    /// At an address.
    Url {
        /// Name or address.
        host: String,
        /// The port.
        port: u16,
    },
}

/// Whom an API server believes that calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Believed {
    /// Whoever its system believes: there is no `caBundle`.
    System,
    /// Certificates in PEM.
    Bundle(Vec<u8>),
    /// Nobody: the `caBundle` is no base64.
    Broken,
    /// Everybody: `insecureSkipTLSVerify`.
    Everybody,
}

/// A Secret with a certificate and its key.
pub struct TlsSecret {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Certificates in PEM; none: it is no base64.
    pub certificate: Option<Vec<u8>>,
    /// The key in PEM; none: it is no base64.
    pub key: Option<Zeroizing<Vec<u8>>>,
}

impl CalledAt {
    /// `Service/NAMESPACE/NAME`; of a URL its host.
    #[must_use]
    pub fn object(&self) -> String {
        match self {
            CalledAt::Service { namespace, name, .. } => format!("Service/{namespace}/{name}"),
            CalledAt::Url { host, .. } => host.clone(),
        }
    }

    /// The name that the server's certificate must have
    /// (staging/src/k8s.io/apiserver/pkg/util/webhook/client.go, .../kube-aggregator/pkg/apiserver/handler_proxy.go).
    #[must_use]
    pub fn server_name(&self) -> String {
        match self {
            CalledAt::Service { namespace, name, .. } => format!("{name}.{namespace}.svc"),
            CalledAt::Url { host, .. } => host.clone(),
        }
    }
}

/// All servers that objects name.
#[must_use]
pub fn called(objects: &[Value]) -> Vec<Called> {
    let mut all = Vec::new();
    for object in each(objects) {
        let kind = object["kind"].as_str().unwrap_or_default();
        let name = format!("{kind}/{}", object["metadata"]["name"].as_str().unwrap_or_default());
        match kind {
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
                let hooks = object["webhooks"].as_array().into_iter().flatten();
                all.extend(hooks.filter_map(|hook| webhook(&name, &hook["clientConfig"])));
            }
            "CustomResourceDefinition" => {
                all.extend(webhook(&name, &object["spec"]["conversion"]["webhook"]["clientConfig"]));
            }
            "APIService" => all.extend(extension(&name, &object["spec"])),
            _ => {}
        }
    }
    all
}

fn webhook(object: &str, config: &Value) -> Option<Called> {
    let at = match config["url"].as_str() {
        Some(url) => of_url(url)?,
        None => service(&config["service"])?,
    };
    let believed = believed(&config["caBundle"]);
    Some(Called { object: object.to_owned(), kind: CalledKind::Webhook, at, believed })
}

/// One without a service is the API server's own.
fn extension(object: &str, spec: &Value) -> Option<Called> {
    let at = service(&spec["service"])?;
    let believed = match spec["insecureSkipTLSVerify"].as_bool() {
        Some(true) => Believed::Everybody,
        _ => believed(&spec["caBundle"]),
    };
    Some(Called { object: object.to_owned(), kind: CalledKind::Extension, at, believed })
}

fn service(service: &Value) -> Option<CalledAt> {
    let text = |key: &str| service[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let port = service["port"].as_u64().map_or(Some(443), |port| u16::try_from(port).ok())?;
    Some(CalledAt::Service { namespace: text("namespace")?, name: text("name")?, port })
}

/// `https://HOST[:PORT]/...`
fn of_url(url: &str) -> Option<CalledAt> {
    let rest = url.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match bracketed {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Some(443), |port| port.parse().ok())?;
    (!host.is_empty()).then(|| CalledAt::Url { host: host.to_owned(), port })
}

fn believed(bundle: &Value) -> Believed {
    match bundle.as_str().filter(|text| !text.is_empty()) {
        None => Believed::System,
        Some(text) => Base64::decode_vec(text).map_or(Believed::Broken, Believed::Bundle),
    }
}

/// The Secrets with a certificate.
#[must_use]
pub fn tls_secrets(objects: &[Value]) -> Vec<TlsSecret> {
    let secrets = each(objects).filter(|object| {
        object["kind"].as_str() == Some("Secret") && object["type"].as_str() == Some("kubernetes.io/tls")
    });
    let read = |secret: &Value| {
        let bytes = |key: &str| match secret["stringData"][key].as_str() {
            Some(text) => Some(text.as_bytes().to_vec()),
            None => Base64::decode_vec(secret["data"][key].as_str()?).ok(),
        };
        Some(TlsSecret {
            namespace: namespace(secret).to_owned(),
            name: secret["metadata"]["name"].as_str()?.to_owned(),
            certificate: bytes("tls.crt"),
            key: bytes("tls.key").map(Zeroizing::new),
        })
    };
    secrets.filter_map(read).collect()
}

/// The names of the Secrets that the pods behind a Service mount, as far as objects say it.
#[must_use]
pub fn secrets_behind(objects: &[Value], within: &str, service: &str) -> BTreeSet<String> {
    let is_it = |object: &&Value| {
        object["kind"].as_str() == Some("Service")
            && object["metadata"]["name"].as_str() == Some(service)
            && namespace(object) == within
    };
    let Some(selector) =
        each(objects).find(is_it).and_then(|service| service["spec"]["selector"].as_object())
    else {
        return BTreeSet::new();
    };
    let pods = each(objects).filter(|object| namespace(object) == within).filter_map(pod);
    let selected = pods.filter(|(labels, _)| {
        !selector.is_empty() && selector.iter().all(|(key, value)| labels[key.as_str()] == *value)
    });
    let volumes = selected.flat_map(|(_, spec)| spec["volumes"].as_array().into_iter().flatten());
    let named = volumes.flat_map(|volume| {
        let projected = volume["projected"]["sources"].as_array().into_iter().flatten();
        let projected = projected.map(|source| &source["secret"]["name"]);
        std::iter::once(&volume["secret"]["secretName"]).chain(projected)
    });
    named.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Labels and specification of the pods of an object.
fn pod(object: &Value) -> Option<(&Value, &Value)> {
    let template = match object["kind"].as_str()? {
        "Pod" => object,
        "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet" => &object["spec"]["template"],
        _ => return None,
    };
    Some((&template["metadata"]["labels"], &template["spec"]))
}

fn namespace(object: &Value) -> &str {
    object["metadata"]["namespace"].as_str().unwrap_or("default")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn servers_are_found_where_objects_name_them() {
        let service = json!({ "name": "a", "namespace": "n" });
        let objects = [
            json!({ "kind": "MutatingWebhookConfiguration", "metadata": { "name": "m" }, "webhooks": [
                { "clientConfig": { "service": service, "caBundle": "YQ==" } },
                { "clientConfig": { "url": "https://[fd00::1]:8443/mutate" } },
                { "clientConfig": { "url": "http://plain" } },
            ] }),
            json!({ "kind": "APIService", "metadata": { "name": "v1" }, "spec": { "service": { "name": "b", "namespace": "n", "port": 8443 }, "insecureSkipTLSVerify": true } }),
            json!({ "kind": "APIService", "metadata": { "name": "v1.apps" }, "spec": {} }),
            json!({ "kind": "CustomResourceDefinition", "metadata": { "name": "c" }, "spec": { "conversion": { "webhook": { "clientConfig": { "service": service, "caBundle": "?" } } } } }),
        ];
        let found: Vec<_> = called(&objects)
            .into_iter()
            .map(|one| (one.object, one.at.server_name(), one.believed))
            .collect();
        let one = |object: &str, name: &str, believed| (object.to_owned(), name.to_owned(), believed);
        assert_eq!(
            found,
            [
                one("MutatingWebhookConfiguration/m", "a.n.svc", Believed::Bundle(b"a".to_vec())),
                one("MutatingWebhookConfiguration/m", "fd00::1", Believed::System),
                one("APIService/v1", "b.n.svc", Believed::Everybody),
                one("CustomResourceDefinition/c", "a.n.svc", Believed::Broken),
            ]
        );
    }

    #[test]
    fn secrets_are_those_of_the_pods_that_a_service_selects() {
        let deployment = |app: &str, secret: &str| {
            json!({ "kind": "Deployment", "metadata": { "namespace": "n" }, "spec": { "template": {
                "metadata": { "labels": { "app": app, "x": "y" } }, "spec": { "volumes": [
                    { "secret": { "secretName": secret } },
                    { "projected": { "sources": [{ "secret": { "name": format!("{secret}-too") } }, { "configMap": {} }] } },
                ] } } } })
        };
        let objects = [
            json!({ "kind": "Service", "metadata": { "name": "s", "namespace": "n" }, "spec": { "selector": { "app": "a" } } }),
            json!({ "kind": "Service", "metadata": { "name": "bare", "namespace": "n" }, "spec": {} }),
            deployment("a", "mine"),
            deployment("b", "other"),
        ];
        let names = |service: &str| secrets_behind(&objects, "n", service).into_iter().collect::<Vec<_>>();
        assert_eq!(names("s"), ["mine", "mine-too"]);
        assert!(names("bare").is_empty() && names("none").is_empty());
        assert!(secrets_behind(&objects, "default", "s").is_empty());
    }
}
