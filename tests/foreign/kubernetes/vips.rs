//! The ways in which a VIP is served, each as a plan: who dials what, which names that needs, and what lies where.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::support::certificate;
use crate::support::{AT, Lab, workload};

/// A plan, and what is expected of it.
struct Expected {
    plan: &'static str,
    /// What kubelet and kube-proxy of a control-plane host dial, `{ip}` being its address.
    control_plane: &'static str,
    /// The same of a worker.
    worker: &'static str,
    users: &'static str,
    /// The names of an API server beside those that it has anyway.
    names: &'static [&'static str],
    /// Which hosts have something that serves the VIP: a part of their names, and the files.
    serve: (&'static str, &'static [&'static str]),
}

/// Files of all that serves VIPs.
const SERVING: [&str; 4] = [
    "etc/haproxy/haproxy.cfg",
    "etc/keepalived/keepalived.conf",
    "etc/kubernetes/kube-vip.conf",
    "etc/kubernetes/manifests/kube-vip.yaml",
];

const WAYS: [Expected; 5] = [
    Expected {
        plan: "ha",
        control_plane: "https://10.111.0.111:16443",
        worker: "https://10.111.0.111:16443",
        users: "https://10.111.0.111:16443",
        names: &["IP:10.111.0.111"],
        serve: ("master", &["etc/haproxy/haproxy.cfg", "etc/keepalived/keepalived.conf"]),
    },
    Expected {
        plan: "load-balancers",
        control_plane: "https://10.114.0.111:6443",
        worker: "https://10.114.0.111:6443",
        users: "https://10.114.0.111:6443",
        names: &["IP:10.114.0.111", "DNS:k8s.example.com"],
        serve: ("balancer", &["etc/haproxy/haproxy.cfg", "etc/keepalived/keepalived.conf"]),
    },
    Expected {
        plan: "kubeadm",
        control_plane: "https://10.111.0.111:16443",
        worker: "https://10.111.0.111:16443",
        users: "https://10.111.0.111:16443",
        names: &["IP:10.111.0.111"],
        serve: ("nobody", &[]),
    },
    Expected {
        plan: "kubeadm-ha",
        control_plane: "https://10.115.0.111:6443",
        worker: "https://10.115.0.111:6443",
        users: "https://10.115.0.111:6443",
        names: &["IP:10.115.0.111"],
        serve: ("master", &["etc/kubernetes/kube-vip.conf", "etc/kubernetes/manifests/kube-vip.yaml"]),
    },
    Expected {
        plan: "node-proxy",
        control_plane: "https://{ip}:6443",
        worker: "https://127.0.0.1:7443",
        users: "https://10.116.0.11:6443",
        names: &["IP:127.0.0.1"],
        serve: ("node", &["etc/haproxy/haproxy.cfg"]),
    },
];

#[test]
fn every_way_leads_to_the_api_servers() {
    for way in WAYS {
        let lab = Lab::built(way.plan);
        let mut seen = BTreeSet::new();
        for unit in lab.units().iter().filter(|unit| unit.starts_with("hosts/")) {
            let host = unit.trim_start_matches("hosts/");
            let tree = format!("cluster.trees/{unit}");
            let about = format!("{}, {host}", way.plan);
            let serving: Vec<&str> =
                SERVING.into_iter().filter(|file| lab.path(&format!("{tree}/{file}")).exists()).collect();
            let expected = if host.starts_with(way.serve.0) { way.serve.1 } else { &[] };
            assert_eq!(serving, expected, "{about}");
            let apiserver = lab.path(&format!("{tree}/etc/kubernetes/pki/apiserver.crt"));
            let own = apiserver.exists().then(|| own_names(&lab, &tree, host));
            if let Some((address, names, extra)) = &own {
                assert_eq!(*extra, way.names.iter().map(ToString::to_string).collect(), "{about}: {names:?}");
                assert!(names.contains(&format!("IP:{address}")));
            }
            let address = own.map(|(address, ..)| address);
            for kubeconfig in ["kubelet.conf", "kube-proxy.conf"] {
                let path = format!("{tree}/etc/kubernetes/{kubeconfig}");
                if !lab.path(&path).exists() {
                    continue;
                }
                let server = match &address {
                    Some(address) => way.control_plane.replace("{ip}", address),
                    None => way.worker.to_owned(),
                };
                let text = lab.read(&path);
                assert_eq!(certificate::data(&text, "server"), Some(&*server), "{about}, {kubeconfig}");
                seen.insert(address.is_some());
            }
        }
        assert_eq!(seen.len(), 2, "{}: control plane and workers", way.plan);
        let admin = lab.read("cluster.trees/users/admin/kubeconfig");
        assert_eq!(certificate::data(&admin, "server"), Some(way.users), "{}", way.plan);
    }
}

/// A host's address, all names of its API server, and those that it has for somebody in front.
fn own_names(lab: &Lab, tree: &str, host: &str) -> (String, BTreeSet<String>, BTreeSet<String>) {
    let pem = lab.read(&format!("{tree}/etc/kubernetes/pki/apiserver.crt"));
    let names = certificate::all(pem.as_bytes()).remove(0).names;
    let kubelet = lab.read(&format!("{tree}/var/lib/kubelet/pki/kubelet.crt"));
    let of_host = certificate::all(kubelet.as_bytes()).remove(0).names;
    let address = of_host.iter().find_map(|name| name.strip_prefix("IP:")).unwrap().to_owned();
    let always = [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ];
    let mut anyway: BTreeSet<String> = always.iter().map(|name| format!("DNS:{name}")).collect();
    anyway.extend([format!("DNS:{host}"), format!("IP:{address}"), "IP:10.96.0.1".to_owned()]);
    assert!(names.is_superset(&anyway), "{names:?}");
    let extra = names.difference(&anyway).cloned().collect();
    (address, names, extra)
}

/// Load balancers of their own know whom they trust, and nothing secret but the password of VRRP.
#[test]
fn hosts_that_only_balance_hold_no_key() {
    let lab = Lab::built("load-balancers");
    let host = lab.state("cluster.trees/hosts/balancer02");
    let files: Vec<_> =
        host.iter().filter(|(_, (_, bytes))| bytes.is_some()).map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        files,
        ["etc/haproxy/haproxy.cfg", "etc/keepalived/keepalived.conf", "etc/kubernetes/pki/ca.crt"]
    );
    let keepalived = lab.read("cluster.trees/hosts/balancer02/etc/keepalived/keepalived.conf");
    assert!(keepalived.contains("unicast_src_ip 10.114.0.22") && keepalived.contains("    10.114.0.21\n"));
    assert!(!keepalived.contains("10.114.0.11\n"), "masters carry no VIP:\n{keepalived}");
    let haproxy = lab.read("cluster.trees/hosts/balancer02/etc/haproxy/haproxy.cfg");
    assert_eq!(haproxy.lines().filter(|line| line.starts_with("  server master")).count(), 3, "{haproxy}");
}

/// The pod, field by field, as kube-vip's own generator makes it; what differs is meant.
#[test]
fn the_pod_is_that_of_kube_vip() {
    let lab = Lab::built("kubeadm-ha");
    let documented =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/kubernetes/kube_vip/manifest.yaml");
    let theirs = fields(&workload::read(&documented));
    let ours = fields(&workload::read(&pod(&lab)));
    let differing: Vec<String> = theirs
        .keys()
        .chain(ours.keys().filter(|field| !theirs.contains_key(*field)))
        .filter(|field| theirs.get(*field) != ours.get(*field))
        .map(|field| format!("{field}: {:?} -> {:?}", theirs.get(field), ours.get(field)))
        .collect();
    let digest = ours["metadata/annotations/pkiplan/start-digest"].clone();
    let same = |field: &str, from: Option<&str>, to: &str| {
        let quoted = |text: &str| {
            if text == "true" || text.parse::<u64>().is_ok() {
                text.to_owned()
            } else {
                format!("\"{text}\"")
            }
        };
        format!("{field}: {:?} -> {:?}", from.map(quoted), Some(quoted(to)))
    };
    let mut meant = vec![
        // A kubeconfig of its own, of which the kubelet knows that it must be there, and nobody writes into it.
        same(
            "spec/volumes/0/hostPath/path",
            Some("/etc/kubernetes/admin.conf"),
            "/etc/kubernetes/kube-vip.conf",
        ),
        same("spec/volumes/0/hostPath/type", None, "File"),
        same("spec/containers/0/volumeMounts/0/readOnly", None, "true"),
        // It stays when the host runs out of memory, as the rest of the control plane does.
        same("spec/priority", None, "2000001000"),
        same("spec/priorityClassName", None, "system-node-critical"),
        // The kubeconfig is read at the start alone.
        same("metadata/annotations/pkiplan/start-digest", None, digest.trim_matches('"')),
    ];
    meant.sort();
    let mut differing = differing;
    differing.sort();
    assert_eq!(differing, meant);
}

/// kube-vip takes its lease from its own host's API server, as somebody who may use leases and nothing else; or, where
/// the plan says so, as somebody who may do everything before anything is applied.
#[test]
fn kube_vip_may_take_its_lease() {
    let lab = Lab::built("kubeadm-ha");
    let client = |lab: &Lab, number: u8| {
        let kubeconfig =
            lab.read(&format!("cluster.trees/hosts/master0{number}/etc/kubernetes/kube-vip.conf"));
        assert_eq!(
            certificate::data(&kubeconfig, "server"),
            Some(&*format!("https://10.115.0.1{number}:6443"))
        );
        certificate::embedded(&kubeconfig, "client-certificate-data").remove(0)
    };
    assert_eq!(client(&lab, 1).subject, "O=kube-vip, CN=kube-vip");
    assert_ne!(client(&lab, 1).public_key, client(&lab, 2).public_key, "each host has its own");
    let access = "cluster.trees/cluster/kube-vip-access.yaml";
    let objects = workload::objects(&lab.path(access));
    let [role, binding] = &objects[..] else { panic!("{objects:#?}") };
    assert_eq!(role["rules"][0]["resources"], serde_json::json!(["leases"]));
    assert_eq!(role["metadata"]["namespace"], "kube-system");
    assert_eq!(
        (&binding["subjects"][0]["kind"], &binding["subjects"][0]["name"]),
        (&"Group".into(), &"kube-vip".into())
    );
    let digest =
        |lab: &Lab| fields(&workload::read(&pod(lab)))["metadata/annotations/pkiplan/start-digest"].clone();
    let before = digest(&lab);
    lab.append("\n[component.kube-vip]\nsetting.group = \"system:masters\"\n");
    // It works, and lies on every master.
    let run = lab.run(&["build", "cluster.toml", "--at", AT]);
    assert!(run.code == 0 && run.err.contains("expand::masters"), "{run:#?}");
    assert_eq!(client(&lab, 3).subject, "O=system:masters, CN=kube-vip");
    assert_ne!(digest(&lab), before, "the kubelet starts the pod anew for another client certificate");
    assert!(!lab.path(access).exists());
}

/// Several VIPs are several containers, which share no lease and no port; two families are one VIP.
#[test]
fn kube_vip_with_several_vips() {
    let lab = Lab::of("kubeadm-ha");
    lab.edit("[\"10.115.0.111\"]", "[\"fd00::111\", \"10.115.0.111\"]");
    lab.append(
        "\n[vip.inside]\naddresses = [\"10.115.1.111\"]\nport = 6443\nserved-by = \"kube-vip\"\n\
         nodes = \"role:control-plane\"\ninterface = \"eth1\"\n",
    );
    lab.build();
    let pod = workload::read(&pod(&lab));
    let containers = pod["spec"]["containers"].as_array().unwrap();
    let variable = |container: &Value, name: &str| {
        let all = container["env"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    let of = |name: &str| containers.iter().map(|one| variable(one, name)).collect::<Vec<_>>();
    assert_eq!(of("address"), ["fd00::111,10.115.0.111", "10.115.1.111"]);
    assert_eq!(of("vip_subnet"), ["32,128", "32"]);
    assert_eq!(of("vip_interface"), ["eth0", "eth1"]);
    assert_eq!(of("vip_leasename"), ["plndr-cp-lock", "plndr-cp-lock-inside"]);
    assert_eq!(of("prometheus_server"), [":2112", ":2113"]);
    assert_eq!(
        (&containers[0]["name"], &containers[1]["name"]),
        (&"kube-vip".into(), &"kube-vip-inside".into())
    );
}

/// Where the proxy has the API server's own port, every host is alike: pods that are one for all nodes can dial it.
#[test]
fn a_node_proxy_at_the_api_servers_port() {
    let lab = Lab::of("node-proxy");
    lab.edit("port = 7443", "port = 6443");
    lab.append("\n[component.kube-proxy]\nenabled = false\n\n[component.kube-proxy-daemon-set]\n");
    lab.build();
    for host in ["master02", "node01"] {
        let kubelet = lab.read(&format!("cluster.trees/hosts/{host}/etc/kubernetes/kubelet.conf"));
        assert_eq!(certificate::data(&kubelet, "server"), Some("https://127.0.0.1:6443"), "{host}");
    }
    let objects = lab.read("cluster.trees/cluster/kube-proxy-daemon-set-objects.yaml");
    assert!(
        objects.contains("server: \\\"https://127.0.0.1:6443\\\"")
            || objects.contains("server: \"https://127.0.0.1:6443\""),
        "{objects}"
    );
    // Both families, where the plan says so.
    lab.edit("port = 6443", "port = 6443\naddresses = [\"127.0.0.1\", \"::1\"]");
    lab.build();
    let haproxy = lab.read("cluster.trees/hosts/node01/etc/haproxy/haproxy.cfg");
    assert!(haproxy.contains("  bind 127.0.0.1:6443\n  bind [::1]:6443\n"), "{haproxy}");
}

/// A kubelet that asks for its certificate asks through the same door as it dials later.
#[test]
fn bootstrapping_through_a_node_proxy() {
    let lab = Lab::of("node-proxy");
    lab.append("\n[keyring.bootstrap]\nkind = \"bootstrap-token\"\n");
    lab.build();
    let kubernetes = "cluster.trees/hosts/node02/etc/kubernetes";
    let bootstrap = lab.read(&format!("{kubernetes}/bootstrap-kubelet.conf"));
    assert_eq!(certificate::data(&bootstrap, "server"), Some("https://127.0.0.1:7443"));
    let later = lab.read(&format!("{kubernetes}/kubelet.conf"));
    assert_eq!(certificate::data(&later, "server"), Some("https://127.0.0.1:7443"));
    assert!(!lab.path("cluster.trees/hosts/master01/etc/kubernetes/bootstrap-kubelet.conf").exists());
}

fn pod(lab: &Lab) -> std::path::PathBuf {
    lab.path("cluster.trees/hosts/master01/etc/kubernetes/manifests/kube-vip.yaml")
}

/// Every value of an object by its path; what kubectl puts there to try it is left out.
fn fields(object: &Value) -> BTreeMap<String, String> {
    fn walk(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
        let inner = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") };
        match value {
            Value::Object(entries) => entries.iter().for_each(|(key, value)| walk(value, &inner(key), found)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, value)| walk(value, &inner(&i.to_string()), found));
            }
            _ => _ = found.insert(path.to_owned(), value.to_string()),
        }
    }
    let mut found = BTreeMap::new();
    walk(object, "", &mut found);
    found.remove("metadata/labels/tested");
    found
}
