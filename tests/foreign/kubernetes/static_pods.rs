//! Components that the kubelet runs: what a pod's manifest names is mounted, and it changes when, and only
//! when, its program has to start anew.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{AT, Lab, State, workload};

const PODS: [&str; 4] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
const MASTER: &str = "cluster.trees/hosts/master01";

/// `high-availability` with static pods, in a layout.
fn lab(layout: &str) -> Lab {
    let lab = Lab::of("ha");
    lab.edit("run = \"systemd\"", "run = \"static-pod\"");
    lab.edit("layout = \"kubeadm\"", &format!("layout = \"{layout}\""));
    lab
}

fn manifest(lab: &Lab, name: &str) -> Value {
    workload::read(&lab.path(&format!("{MASTER}/etc/kubernetes/manifests/{name}.yaml")))
}

fn texts(values: &Value, key: &str) -> Vec<String> {
    let text = |value: &Value| value.pointer(key).and_then(Value::as_str).map(str::to_owned);
    values.as_array().unwrap().iter().filter_map(text).collect()
}

/// What a flag names is mounted at that very path, what is mounted is there, and nothing is mounted that
/// holds keys which the program does not need.
#[test]
fn what_a_flag_names_is_mounted() {
    for layout in ["kubeadm", "ssl", "the-hard-way"] {
        let lab = lab(layout);
        lab.append(
            "\n[component.kube-apiserver]\nflags.set = { audit-log-path = \"/var/log/audit/audit.log\" }\n",
        );
        lab.build();
        for name in PODS {
            let pod = manifest(&lab, name);
            let container = &pod["spec"]["containers"][0];
            let (mounts, volumes) = (
                texts(&container["volumeMounts"], "/mountPath"),
                texts(&pod["spec"]["volumes"], "/hostPath/path"),
            );
            assert_eq!(mounts, volumes, "{layout}, {name}");
            let names: BTreeSet<String> = texts(&pod["spec"]["volumes"], "/name").into_iter().collect();
            assert_eq!(names.len(), volumes.len());
            let mounted = |path: &str| {
                mounts.iter().any(|mount| path == mount || path.starts_with(&format!("{mount}/")))
            };
            let mut paths = 0;
            for flag in container["command"].as_array().unwrap() {
                let value = flag.as_str().unwrap().split_once('=').map_or("", |(_, value)| value);
                if value.starts_with('/') {
                    assert!(mounted(value), "{layout}, {name}: {flag}: {mounts:?}");
                    paths += 1;
                }
            }
            assert!(paths > 0, "{layout}, {name}");
            for path in volumes
                .iter()
                .filter(|path| !["ssl/certs", "ca-certificates", "var/log"].iter().any(|s| path.contains(s)))
            {
                assert!(lab.path(&format!("{MASTER}{path}")).exists(), "{layout}, {name}: {path}");
            }
        }
        // The kubelet looks where the manifests lie.
        let kubelet = lab.state(MASTER).into_iter().filter_map(|(path, (_, bytes))| {
            path.starts_with("var/lib/kubelet/")
                .then(|| String::from_utf8(bytes.unwrap_or_default()).unwrap())
        });
        let folder = "staticPodPath: /etc/kubernetes/manifests\n";
        assert_eq!(kubelet.filter(|text| text.contains(folder)).count(), 1, "{layout}");
        let scheduler = manifest(&lab, "kube-scheduler");
        let only = texts(&scheduler["spec"]["volumes"], "/hostPath/type");
        assert_eq!(only, ["File"], "its kubeconfig and nothing else");
    }
}

/// Nothing of a host's systemd starts what its kubelet starts, and no unit is named for it.
#[test]
fn units_are_left_to_the_others() {
    let lab = lab("kubeadm");
    lab.build();
    let state = lab.state(&format!("{MASTER}/etc/systemd/system"));
    assert_eq!(state.keys().collect::<Vec<_>>(), ["kube-proxy.service", "kubelet.service"]);
    let manifest = lab.manifest("hosts/master01");
    let mut units = BTreeSet::new();
    for entry in manifest["entries"].as_array().unwrap() {
        for word in ["restart", "reload"] {
            units.extend(entry[word].as_array().into_iter().flatten().map(|unit| unit.as_str().unwrap()));
        }
        if entry["path"].as_str().unwrap().contains("/manifests/") {
            assert_eq!((&entry["mode"], &entry["restart"]), (&"0600".into(), &Value::Null));
        }
    }
    let expected = ["haproxy.service", "keepalived.service", "kube-proxy.service", "kubelet.service"];
    assert_eq!(units.into_iter().collect::<Vec<_>>(), expected);
}

/// The pods of a host whose manifests are others than before.
fn restarted(lab: &Lab, before: &State) -> Vec<&'static str> {
    let after = lab.state(&format!("{MASTER}/etc/kubernetes/manifests"));
    let changed = |name: &&str| before[&format!("{name}.yaml")] != after[&format!("{name}.yaml")];
    PODS.into_iter().filter(changed).collect()
}

/// What a program reads anew by itself does not start its pod anew; what it reads at its start alone does.
#[test]
fn a_pod_starts_anew_for_what_it_does_not_read_again() {
    let (api, controllers, scheduler) = ("kube-apiserver", "kube-controller-manager", "kube-scheduler");
    // Who starts anew once another key is trusted, and who once it is used.
    let rotations: [(&str, &[&str], &[&str]); 4] = [
        ("keyring.encryption", &[api], &[api]),
        ("keyring.service-account", &[api], &[api, controllers]),
        // The API server reads the authorities of clients and, since 1.36, those of kubelets again by itself.
        ("authority.kubernetes", &[controllers, scheduler], &[api, controllers, scheduler]),
        // No host signs with it, so its bundle stays as it is when another one signs.
        ("authority.etcd", &["etcd", api], &[api]),
    ];
    let built = |lab: &Lab, what: &str| {
        let before = lab.state(&format!("{MASTER}/etc/kubernetes/manifests"));
        let run = lab.run(&["build", "cluster.toml", "--at", AT]);
        assert_eq!(run.code, 0, "{what}: {run:#?}");
        restarted(lab, &before)
    };
    let lab = lab("kubeadm");
    lab.build();
    for (what, trusted, used) in rotations {
        lab.append(&format!("\n[{what}]\ngenerations = {{ use = 1, trust = [1, 2] }}\n"));
        assert_eq!(built(&lab, what), trusted, "{what}");
        lab.edit("use = 1, ", "use = 2, ");
        assert_eq!(built(&lab, what), used, "{what}");
    }
    // The serving certificate gets a name more.
    lab.append("\n[component.kube-apiserver]\nnames.add = [\"api.internal\"]\n");
    assert!(built(&lab, "names").is_empty());
}

/// The digest is of public words: two secrets give the same manifests.
#[test]
fn no_secret_stands_behind_the_digest() {
    let (one, other) = (lab("kubeadm"), lab("kubeadm"));
    other.secret("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    one.build();
    other.build();
    let pods = |lab: &Lab| lab.state(&format!("{MASTER}/etc/kubernetes/manifests"));
    assert_eq!(pods(&one), pods(&other));
    let key = |lab: &Lab| lab.read(&format!("{MASTER}/etc/kubernetes/pki/sa.key"));
    assert_ne!(key(&one), key(&other));
}

/// A version of two numbers names an image, too.
#[test]
fn images_have_whole_versions() {
    let lab = lab("kubeadm");
    lab.edit("version = \"1.36.2\"", "version = \"1.36\"");
    lab.build();
    let image = |name: &str| text_of(&manifest(&lab, name), "/spec/containers/0/image");
    assert_eq!(image("kube-scheduler"), "registry.k8s.io/kube-scheduler:v1.36.0");
    assert_eq!(image("etcd"), "registry.k8s.io/etcd:3.6.8-0");
}

fn text_of(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
}

/// One component by itself, the others under systemd; and a version whose probes are others.
#[test]
fn one_pod_among_units() {
    let lab = Lab::of("ha");
    lab.append("\n[component.etcd]\nrun = \"static-pod\"\nversion = \"3.5.24\"\nsetting.registry = \"registry.example.com/k8s\"\n");
    lab.build();
    assert!(!lab.path(&format!("{MASTER}/etc/systemd/system/etcd.service")).exists());
    assert!(lab.path(&format!("{MASTER}/etc/systemd/system/kube-apiserver.service")).exists());
    let pod = manifest(&lab, "etcd");
    let container = &pod["spec"]["containers"][0];
    assert_eq!(container["image"], "registry.example.com/k8s/etcd:3.5.24-0");
    assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/health?exclude=NOSPACE&serializable=true");
    assert_eq!(container["livenessProbe"]["httpGet"]["port"], "probe-port");
    assert_eq!(container["ports"][0]["containerPort"], 2381);
}

/// What the test of the manifests would say of a field that nobody knows.
#[test]
#[should_panic(expected = "/spec/hostNetwrk")]
fn a_misspelt_field_would_be_found() {
    let lab = lab("kubeadm");
    lab.build();
    let path = format!("{MASTER}/etc/kubernetes/manifests/etcd.yaml");
    lab.write(&path, &lab.read(&path).replace("hostNetwork", "hostNetwrk"));
    manifest(&lab, "etcd");
}
