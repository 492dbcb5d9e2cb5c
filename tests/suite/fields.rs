//! Fields of configuration files: the tables, what they say of foreign documents, and where they come from.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use pkiplan::catalog::{FieldTables, Misfit, field_tables};
use pkiplan::diagnostics::Diagnostics;
use pkiplan::read::{Builtin, Folder, definitions};
use pkiplan::source::Sources;
use pkiplan::values::Version;
use serde_json::{Value, json};

fn tables() -> FieldTables {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let folder = Folder { world: &Builtin, root: "".into(), shown: "catalog:".to_owned(), named: None };
    let documents = definitions(&[folder], &mut sources, &mut diagnostics);
    let tables = field_tables(&documents, &mut diagnostics);
    assert!(diagnostics.sorted().is_empty(), "{diagnostics:#?}");
    tables
}

/// `path: what is said`
fn said(misfits: &[Misfit]) -> Vec<String> {
    misfits.iter().map(|misfit| format!("{}: {}", misfit.path, misfit.says)).collect()
}

fn misfits(document: &Value, version: &str) -> Vec<Misfit> {
    tables().misfits(document, Some(&version.parse::<Version>().unwrap()))
}

#[test]
fn a_kubelet_ignores_what_it_does_not_know() {
    let document = json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": { "anonymous": { "enabled": "false" }, "x509": { "clientCaFile": "/ca" } },
        "featureGates": { "AnyGate": true, "Other": "yes" },
        "evictionHard": { "memory.available": "100Mi" },
        "logging": { "flushFrequency": 5_000_000_000_i64 },
        "registerWithTaints": [{ "key": "a", "effect": "NoSchedule" }, { "keys": "b" }],
        "shutdownGracePeriod": null,
        "syncFrequency": 60,
    });
    let found = misfits(&document, "1.36.2");
    assert_eq!(
        said(&found),
        [
            "authentication.anonymous.enabled: takes `true` or `false` as `authentication.anonymous.enabled`, and \
             this is a string",
            "authentication.x509.clientCaFile: has no field `authentication.x509.clientCaFile`",
            "featureGates.Other: takes `true` or `false` as `featureGates.Other`, and this is a string",
            "registerWithTaints[1].keys: has no field `registerWithTaints[1].keys`",
            "syncFrequency: takes a duration in a string, such as \"10s\" as `syncFrequency`, and this is a number",
        ]
    );
    let stops: Vec<bool> = found.iter().map(|misfit| misfit.stops).collect();
    assert_eq!(stops, [true, false, true, false, true]);
    assert_eq!(found[1].help.as_deref(), Some("did you mean `clientCAFile`?"));
    // Until 1.22 taints were flags alone.
    assert!(
        said(&misfits(&document, "1.22.0"))
            .contains(&"registerWithTaints: has no field `registerWithTaints`: added in 1.23".to_owned())
    );
    // What no version takes.
    assert_eq!(tables().misfits(&document, None).len(), 5);
}

#[test]
fn strict_programs_stop() {
    let document = json!({
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [{ "resources": ["secrets"], "providers": [{ "secretBox": { "keys": [] } }, { "identity": {} }] }],
    });
    for (version, stops) in [("1.30.4", false), ("1.31.0", true)] {
        let found = misfits(&document, version);
        assert_eq!(said(&found).len(), 1, "{found:#?}");
        assert_eq!(
            (found[0].stops, found[0].path.to_string()),
            (stops, "resources[0].providers[0].secretBox".to_owned())
        );
    }
}

#[test]
fn versions_of_an_api_come_and_go() {
    let scheduler = |api: &str| json!({ "apiVersion": format!("kubescheduler.config.k8s.io/{api}"), "kind": "KubeSchedulerConfiguration" });
    let says = |api: &str, version: &str| said(&misfits(&scheduler(api), version)).join("");
    assert_eq!(says("v1beta2", "1.24.1"), "");
    assert!(
        says("v1beta2", "1.30.0").ends_with("of its API: removed in 1.28"),
        "{}",
        says("v1beta2", "1.30.0")
    );
    assert!(says("v1", "1.24.0").ends_with("of its API: added in 1.25"));
    assert!(says("v2", "1.36.0").contains("has no version `kubescheduler.config.k8s.io/v2` of its API"));
    // Another program's kind of that name, and what is no configuration at all.
    let policy = json!({ "apiVersion": "policy.example.org/v1", "kind": "Policy", "anything": 1 });
    assert!(misfits(&policy, "1.36.0").is_empty() && misfits(&json!([1]), "1.36.0").is_empty());
}

#[test]
fn etcd_reads_its_file_laxly() {
    let (tables, version) = (tables(), "3.6.1".parse().unwrap());
    let table = tables.named("etcd").unwrap();
    let document = json!({
        "Name": 1,
        "listen-client-urls": "https://10.0.0.1:2379",
        "client-transport-security": { "cert-file": "/a", "client-cert-auth": true, "trusted-ca-flie": "/b" },
        "heartbeat-interval": "100",
        "debug": true,
    });
    assert_eq!(
        said(&table.misfits(&document, Some(&version))),
        [
            "client-transport-security.trusted-ca-flie: has no field `client-transport-security.trusted-ca-flie`",
            "heartbeat-interval: takes an integer from 0 to 18446744073709551615 as `heartbeat-interval`, and this is a \
             string",
            "debug: has no field `debug`: removed in 3.5",
        ]
    );
}

/// Every built-in table knows what `covers` says, and its types lead to one another.
#[test]
fn tables_are_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/fields");
    let mut kinds = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let table: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let types = table["types"].as_table().unwrap();
        let root = table.get("root").unwrap_or(&table["kind"]).as_str().unwrap();
        assert!(types[root].as_table().unwrap().len() > 2, "{path:?}");
        kinds.insert(table["kind"].as_str().unwrap().to_owned());
    }
    let expected = [
        "AdmissionConfiguration",
        "AuthenticationConfiguration",
        "AuthorizationConfiguration",
        "EgressSelectorConfiguration",
        "EncryptionConfiguration",
        "KubeProxyConfiguration",
        "KubeSchedulerConfiguration",
        "KubeletConfiguration",
        "PodSecurityConfiguration",
        "Policy",
        "TracingConfiguration",
        "etcd",
    ];
    assert_eq!(kinds, expected.map(str::to_owned).into());
    tables();
}

/// `tests/fields/regenerate` gives the table that lies beside its sources, and the same once more from that.
#[test]
fn tables_come_from_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fields");
    let expected = std::fs::read_to_string(folder.join("fixtures/expected.toml")).unwrap();
    for table in ["table.toml", "expected.toml"] {
        let mut command = Command::new(folder.join("regenerate"));
        command.current_dir(folder.join("fixtures")).arg(table);
        let output = command.args(["1.1=1.1", "1.2=1.2", "1.3=1.3"]).output().unwrap();
        let odd = |version| {
            format!("{version}: example.org/shared.Odd reads JSON in its own way; anything is taken\n")
        };
        assert_eq!(String::from_utf8(output.stderr).unwrap(), odd("1.2") + &odd("1.3"), "{table}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{table}");
    }
}
