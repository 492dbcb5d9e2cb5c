//! The judge is judged: an announcement that is true passes, and each lie is found.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::json;

use super::announced::{Announced, Line, Service};
use super::changes::CHANGES;
use super::judge::{judge, judge_host};
use super::past::HISTORY;
use super::review::{Review, json, parsed};

const FLAG: &str = "change-a-flag";
const NAME: &str = "add-a-name";

/// What is told of two changes: a certificate each on three hosts, and a flag each.
static TOLD: LazyLock<BTreeMap<&str, Announced>> =
    LazyLock::new(|| [NAME, FLAG].into_iter().map(|change| (change, parsed(json(number(change))))).collect());

fn number(change: &str) -> usize {
    CHANGES.iter().position(|one| one.name == change).unwrap()
}

fn findings(change: &str, announced: &Announced) -> Vec<String> {
    let number = number(change);
    judge(announced, &HISTORY.states[number].trees, &HISTORY.states[number + 1].trees)
}

/// A lie, and what the judge says of it.
fn found(change: &str, lie: impl Fn(&mut Announced)) -> String {
    let mut announced = TOLD[change].clone();
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
fn dates_that_are_not_so_are_found() {
    let said = found(NAME, |announced| announced.certificates[0].dates.before = None);
    assert!(
        said.starts_with("dates of node.master01/kube-apiserver-serving: announced (None, Some("),
        "{said}"
    );
}

#[test]
fn a_host_left_out_is_found() {
    let said = found(NAME, |announced| drop(announced.units[0].names.remove(1)));
    assert_eq!(
        said,
        "unit hosts/master03: not announced, and is (\"changed\", \"hosts/master03\")
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
    let unit =
        "unit hosts/worker01: announced (\"changed\", \"hosts/worker01\"), and nothing is so\n".to_owned();
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
        announced.units[0].services.insert(Service::new("kube-apiserver.service", "restart"));
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
        step.services = [Service::new("etcd.service", "restart")].into();
        step.one_by_one = false;
    });
    let hosts = "[\"master01\", \"master03\", \"master04\"]";
    assert!(said.contains(&format!("control-planes: etcd.service goes on {hosts} at once")), "{said}");
}

#[test]
fn certificates_that_are_not_so_are_found() {
    let said = found(NAME, |announced| {
        announced.certificates[0].change = "renewed".to_owned();
        announced.certificates[1].unit = Some("hosts/worker01".to_owned());
        announced.certificates[2].id = "node.worker01/kubelet-serving".to_owned();
    });
    for finding in [
        "node.master01/kube-apiserver-serving: announced (\"renewed\", ",
        "node.master03/kube-apiserver-serving: announced (\"reissued\", {\"hosts/worker01\"})",
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
            {"change": "removed", "certificate": "authority.etcd/1", "units": ["hosts/master01"]},
        ]))
        .unwrap();
        announced.keys = serde_json::from_value(json!([
            {"change": "changed", "id": "keyring.encryption", "differences": ["use 1 -> 2"]},
        ]))
        .unwrap();
    });
    assert_eq!(
        said,
        "trust authority.etcd/1 removed: announced {\"hosts/master01\"}, and nothing is so
key keyring.encryption: announced (\"changed\", [\"use 1 -> 2\"]), and nothing is so"
    );
}

/// Of one host alone, whose lines are compared with its files.
#[test]
fn lines_that_are_not_so_are_found() {
    let number = number(FLAG);
    let [before, after] = [number, number + 1].map(|state| &HISTORY.states[state].trees);
    let narrow = Review::of(number).announced(&["--host", "master03"]);
    let found = |lie: &dyn Fn(&mut Announced)| {
        let mut narrow = narrow.clone();
        lie(&mut narrow);
        judge_host(&narrow, &TOLD[FLAG], before, after).join("\n")
    };
    assert_eq!(found(&|_| {}), "");
    let unit = "lines of hosts/master03/etc/systemd/system/kube-apiserver.service";
    let said = found(&|narrow| narrow.units[0].files[0].lines.clear());
    assert_eq!(said, format!("{unit}: + --audit-log-maxage=30"));
    let said = found(&|narrow| {
        let line = Line::Removed { text: "  --allow-privileged=true \\".to_owned() };
        narrow.units[0].files[0].lines.push(line);
    });
    assert_eq!(said, format!("{unit}: - --allow-privileged=true"));
    let said = found(&|narrow| narrow.units[0].files.clear());
    assert_eq!(said, "hosts/master03: something else is told of it alone");
}
