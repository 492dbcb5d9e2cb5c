//! The judge is judged: an announcement that is true passes, and each lie is found.

use serde_json::json;

use crate::announced::{Announced, Service};
use crate::changes::CHANGES;
use crate::judge::judge;
use crate::past::HISTORY;

const FLAG: &str = "change-a-flag";
const NAME: &str = "add-a-name";

/// What there is to say of the two changes, written by hand.
fn announced(change: &str) -> Announced {
    let masters = ["hosts/master01", "hosts/master03", "hosts/master04"];
    let restart = json!([{"service": "kube-apiserver.service", "action": "restart"}]);
    let unit = |path: &str, services: &serde_json::Value| {
        json!([{"names": masters, "change": "changed", "services": services, "files": [
            {"path": path, "change": "changed", "lines": [], "services": services, "because_of": []},
        ]}])
    };
    let document = match change {
        FLAG => json!({
            "certificates": [],
            "units": unit("etc/systemd/system/kube-apiserver.service", &restart),
            "waves": [{"name": "control planes", "steps": [
                {"hosts": ["master01"], "services": restart},
                {"hosts": ["master03"], "services": restart},
                {"hosts": ["master04"], "services": restart},
            ]}],
        }),
        _ => json!({
            "certificates": masters.map(|unit| json!({
                "change": "reissued",
                "id": format!("{}/kube-apiserver-serving", unit.replace("hosts/", "node.")),
                "units": [unit],
                "differences": [{"difference": "+DNS:api.example.com", "because_of": "cluster.toml:52"}],
            })),
            "units": unit("etc/kubernetes/pki/apiserver.crt", &json!([])),
            "waves": [],
        }),
    };
    let mut whole = json!({"format": 1, "before": "HEAD~1", "after": "cluster.toml", "plan": [], "trust": [], "keys": [], "risks": []});
    whole.as_object_mut().unwrap().extend(document.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

fn findings(change: &str, announced: &Announced) -> Vec<String> {
    let number = CHANGES.iter().position(|one| one.name == change).unwrap();
    judge(announced, &HISTORY.states[number].trees, &HISTORY.states[number + 1].trees)
}

/// A lie, and what the judge says of it.
fn found(change: &str, lie: impl Fn(&mut Announced)) -> String {
    let mut announced = announced(change);
    assert_eq!(findings(change, &announced), Vec::<String>::new());
    lie(&mut announced);
    findings(change, &announced).join("\n")
}

#[test]
fn a_file_left_out_is_found() {
    let said = found(NAME, |announced| announced.units[0].files.clear());
    let file = |host: &str| {
        format!("file hosts/{host}/etc/kubernetes/pki/apiserver.crt: not announced, and is \"changed\"")
    };
    assert_eq!(said, ["master01", "master03", "master04"].map(file).join("\n"));
}

#[test]
fn a_host_left_out_is_found() {
    let said = found(NAME, |announced| drop(announced.units[0].names.remove(1)));
    assert_eq!(
        said,
        "unit hosts/master03: not announced, and is \"changed\"
file hosts/master03/etc/kubernetes/pki/apiserver.crt: not announced, and is \"changed\""
    );
}

#[test]
fn a_file_and_a_host_besides_are_found() {
    let said = found(FLAG, |announced| {
        let mut file = announced.units[0].files[0].clone();
        file.path = "etc/kubernetes/pki/apiserver.crt".to_owned();
        file.services.clear();
        let mut unit = announced.units[0].clone();
        unit.names = vec!["hosts/worker01".to_owned()];
        unit.files.clear();
        unit.services.clear();
        announced.units[0].files.push(file);
        announced.units.push(unit);
    });
    let file = |host: &str| {
        format!(
            "file hosts/{host}/etc/kubernetes/pki/apiserver.crt: announced \"changed\", and nothing is so"
        )
    };
    let unit = "unit hosts/worker01: announced \"changed\", and nothing is so\n".to_owned();
    assert_eq!(said, unit + &["master01", "master03", "master04"].map(file).join("\n"));
}

#[test]
fn a_change_of_another_kind_is_found() {
    let said = found(FLAG, |announced| announced.units[0].files[0].change = "added".to_owned());
    assert!(said.starts_with("file hosts/master01/etc/systemd/system/kube-apiserver.service: announced \"added\", and is \"changed\"\n"), "{said}");
}

#[test]
fn a_restart_left_out_is_found() {
    let said = found(FLAG, |announced| {
        announced.units[0].services.clear();
        announced.waves.clear();
    });
    assert_eq!(said.matches("services of hosts/master").count(), 3, "{said}");
    assert!(said.contains("hosts/master04: not announced, and is {Service {"), "{said}");
}

#[test]
fn a_restart_that_no_file_wants_is_found() {
    let said = found(NAME, |announced| {
        let service = Service { service: "kube-apiserver.service".to_owned(), action: "restart".to_owned() };
        announced.units[0].services.insert(service);
    });
    assert!(said.starts_with("services of hosts/master01: announced {Service {"), "{said}");
    // It stands in no wave, either.
    assert!(said.contains("wave master01: restart kube-apiserver.service: not announced"), "{said}");
}

#[test]
fn a_wave_besides_is_found() {
    let said = found(FLAG, |announced| announced.waves[0].steps[0].hosts.push("master03".to_owned()));
    assert_eq!(said, "wave master03: restart kube-apiserver.service: announced 2, and is 1");
}

#[test]
fn members_that_restart_at_once_are_found() {
    let said = found(FLAG, |announced| {
        let step = &mut announced.waves[0].steps[0];
        step.hosts = vec!["master01".to_owned(), "master03".to_owned()];
        step.services = [Service { service: "etcd.service".to_owned(), action: "restart".to_owned() }].into();
    });
    assert!(said.contains("etcd.service restarts on [\"master01\", \"master03\"] at once"), "{said}");
}

#[test]
fn certificates_that_are_not_so_are_found() {
    let said = found(NAME, |announced| {
        announced.certificates[0].change = "renewed".to_owned();
        announced.certificates[1].units.insert("hosts/worker01".to_owned());
        announced.certificates[2].id = "node.worker01/kubelet-serving".to_owned();
    });
    for finding in [
        "node.master01/kube-apiserver-serving: announced (\"renewed\", ",
        "node.master03/kube-apiserver-serving: announced (\"reissued\", {\"hosts/master03\", \"hosts/worker01\"})",
        "node.master04/kube-apiserver-serving: not announced",
        "node.worker01/kubelet-serving: announced (\"reissued\", ",
    ] {
        assert!(said.contains(&format!("certificate {finding}")), "{finding}: {said}");
    }
}

#[test]
fn a_name_that_is_not_so_is_found() {
    let said = found(NAME, |announced| announced.certificates[0].differences.clear());
    assert_eq!(
        said,
        "certificate node.master01/kube-apiserver-serving: announced {}, and is {\"+DNS:api.example.com\"}"
    );
}

#[test]
fn trust_and_keys_that_are_not_so_are_found() {
    let said = found(NAME, |announced| {
        announced.trust = serde_json::from_value(json!([
            {"change": "dropped", "certificate": "authority.etcd/1", "units": ["hosts/master01"]},
        ]))
        .unwrap();
        announced.keys = serde_json::from_value(json!([
            {"change": "changed", "id": "keyring.encryption", "differences": ["use 1 -> 2"]},
        ]))
        .unwrap();
    });
    assert_eq!(
        said,
        "trust authority.etcd/1 dropped: announced {\"hosts/master01\"}, and nothing is so
key keyring.encryption: announced (\"changed\", [\"use 1 -> 2\"]), and nothing is so"
    );
}
