//! Small plans in which something is unusual.

use crate::support::Lab;

fn line<'t>(text: &'t str, mark: &str) -> &'t str {
    text.lines().find(|line| line.contains(mark)).unwrap_or_else(|| panic!("{mark} in\n{text}")).trim()
}

/// One host with IPv6 alone, behind a VIP that nobody else carries: no unicast without peers, and
/// addresses in brackets where a port follows.
#[test]
fn ipv6_alone() {
    let lab = Lab::written(
        r#"
        format = 1
        [cluster]
        name = "six"
        profile = "high-availability"
        version = "1.36.2"
        service-cidrs = ["fd00:96::/112"]
        pod-cidrs = ["fd00:244::/56"]
        endpoint = "vip.api"
        [vip.api]
        addresses = ["2001:db8::111"]
        port = 16443
        nodes = "role:control-plane"
        interface = "eth0"
        [node.one]
        addresses = ["2001:db8::1"]
        roles = ["control-plane", "etcd", "worker"]
        "#,
    );
    lab.build();
    let host = "cluster.trees/hosts/one/etc";
    let keepalived = lab.read(&format!("{host}/keepalived/keepalived.conf"));
    assert!(!keepalived.contains("unicast") && !keepalived.contains("auth_pass"), "{keepalived}");
    assert!(keepalived.contains("2001:db8::111/128"));
    let haproxy = lab.read(&format!("{host}/haproxy/haproxy.cfg"));
    assert_eq!(line(&haproxy, "bind"), "bind [::]:16443 v6only");
    assert_eq!(line(&haproxy, "server one"), "server one [2001:db8::1]:6443");
    let etcd = lab.read(&format!("{host}/systemd/system/etcd.service"));
    assert_eq!(line(&etcd, "--initial-cluster="), "--initial-cluster=one=https://[2001:db8::1]:2380 \\");
    let kubelet = lab.read(&format!("{host}/systemd/system/kubelet.service"));
    assert_eq!(line(&kubelet, "--node-ip"), "--node-ip=2001:db8::1");
    let kubeconfig = lab.read(&format!("{host}/kubernetes/kubelet.conf"));
    assert_eq!(line(&kubeconfig, "server:"), "server: https://[2001:db8::111]:16443");
}

/// A kubelet takes one address of each family, the host's first one first; certificates hold all.
#[test]
fn several_addresses_of_one_family() {
    let lab = Lab::of("single");
    for (addresses, node_ip) in [
        ("\"10.112.0.11\", \"192.0.2.11\"", "10.112.0.11"),
        ("\"10.112.0.11\", \"192.0.2.11\", \"2001:db8::1\", \"2001:db8::2\"", "10.112.0.11,2001:db8::1"),
    ] {
        let plan = Lab::bare("single").read("cluster.toml");
        lab.write("cluster.toml", &plan.replace("\"10.112.0.11\"", addresses));
        lab.build();
        let unit = lab.read("cluster.trees/hosts/solo/etc/systemd/system/kubelet.service");
        assert_eq!(line(&unit, "--node-ip"), format!("--node-ip={node_ip}"));
    }
}

/// A load balancer that is somebody else's takes no port of a host, whoever stands behind it.
#[test]
fn an_external_vip_takes_no_port() {
    let lab = Lab::of("intermediate");
    lab.edit("served-by = \"external\"", "served-by = \"external\"\nnodes = \"role:control-plane\"");
    lab.build();
}

/// Another user for etcd: what it reads is its own, its unit says so, and old versions get old flags.
#[test]
fn etcd_of_its_own_user() {
    let lab = Lab::of("single");
    lab.append("\n[component.etcd]\nversion = \"3.5.24\"\nsetting.user = \"etcd\"\n");
    let run = lab.run(&["build", "cluster.toml", "--at", crate::support::AT]);
    assert_eq!(run.code, 0, "{run:#?}");
    let unit = lab.read("cluster.trees/hosts/solo/etc/systemd/system/etcd.service");
    assert_eq!(line(&unit, "User="), "User=etcd");
    assert!(unit.contains("--experimental-initial-corrupt-check=true") && !unit.contains("--feature-gates"));
    let manifest = lab.manifest("hosts/solo");
    for entry in manifest["entries"].as_array().unwrap() {
        let path = entry["path"].as_str().unwrap();
        let own = path.ends_with("var/lib/etcd") || (path.contains("/etcd/") && path.ends_with(".key"));
        if own {
            assert_eq!((&entry["owner"], &entry["group"]), (&"etcd".into(), &"etcd".into()), "{path}");
        } else if !path.contains("/etcd/") {
            assert_eq!(entry["owner"], "root", "{path}");
        }
    }
}

/// A member that joins knows those before it and itself; those that founded the cluster are as they were.
#[test]
fn members_that_join_leave_founders_alone() {
    let lab = Lab::of("ha");
    lab.build();
    let unit = |lab: &Lab, node: &str| {
        lab.read(&format!("cluster.trees/hosts/{node}/etc/systemd/system/etcd.service"))
    };
    let founders = ["master01", "master02", "master03"].map(|node| unit(&lab, node));
    let flag = |node: &str, name: &str| {
        let value = line(&unit(&lab, node), name).trim_end_matches(" \\").to_owned();
        value.split_once('=').unwrap().1.to_owned()
    };
    for (n, node) in ["etcd-04", "etcd-05"].into_iter().enumerate() {
        lab.append(&format!(
            "\n[node.{node}]\naddresses = [\"10.111.0.12{n}\"]\nroles = [\"etcd\"]\n\
             component.etcd = {{ setting.joins = {} }}\n",
            n + 1
        ));
    }
    lab.build();
    assert_eq!(founders, ["master01", "master02", "master03"].map(|node| unit(&lab, node)));
    assert_eq!(flag("master01", "--initial-cluster-state="), "new");
    let known = |node: &str| {
        let members = flag(node, "--initial-cluster=");
        members.split(',').map(|member| member.split('=').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(known("master02"), ["master01", "master02", "master03"]);
    assert_eq!(known("etcd-04"), ["master01", "master02", "master03", "etcd-04"]);
    assert_eq!(known("etcd-05"), ["master01", "master02", "master03", "etcd-04", "etcd-05"]);
    assert_eq!(flag("etcd-05", "--initial-cluster-state="), "existing");
    let shown = lab.run(&["show", "cluster.toml", "component", "etcd"]).out;
    assert!(line(&shown, "--initial-cluster=").contains("only at the first start"), "{shown}");
    assert!(!line(&shown, "--data-dir=").contains("only at the first start"));
    // API servers know them all.
    let api = lab.read("cluster.trees/hosts/master01/etc/systemd/system/kube-apiserver.service");
    assert!(
        line(&api, "--etcd-servers=")
            .ends_with("https://10.111.0.103:2379,https://10.111.0.120:2379,https://10.111.0.121:2379 \\")
    );
}

/// etcd on hosts of its own: they hold what members need and nothing of the control plane, and API servers dial
/// them with a client's certificate and trust.
#[test]
fn etcd_on_hosts_of_its_own() {
    let lab = Lab::of("ha");
    let plan = lab.read("cluster.toml").replace("\"control-plane\", \"etcd\"", "\"control-plane\"");
    let members: String = (1..=3)
        .map(|n| format!("\n[node.etcd{n}]\naddresses = [\"10.111.0.20{n}\"]\nroles = [\"etcd\"]\n"))
        .collect();
    lab.write("cluster.toml", &format!("{plan}{members}"));
    lab.build();
    let host = lab.state("cluster.trees/hosts/etcd1");
    let files: Vec<&str> =
        host.iter().filter(|(_, (_, bytes))| bytes.is_some()).map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        files,
        [
            "etc/kubernetes/pki/etcd/ca.crt",
            "etc/kubernetes/pki/etcd/healthcheck-client.crt",
            "etc/kubernetes/pki/etcd/healthcheck-client.key",
            "etc/kubernetes/pki/etcd/peer.crt",
            "etc/kubernetes/pki/etcd/peer.key",
            "etc/kubernetes/pki/etcd/server.crt",
            "etc/kubernetes/pki/etcd/server.key",
            "etc/systemd/system/etcd.service",
        ]
    );
    let master = "cluster.trees/hosts/master02/etc";
    assert!(!lab.path(&format!("{master}/systemd/system/etcd.service")).exists());
    assert!(!lab.path(&format!("{master}/kubernetes/pki/etcd/server.key")).exists());
    let api = lab.read(&format!("{master}/systemd/system/kube-apiserver.service"));
    assert_eq!(
        line(&api, "--etcd-servers="),
        "--etcd-servers=https://10.111.0.201:2379,https://10.111.0.202:2379,https://10.111.0.203:2379 \\"
    );
    for (flag, file) in [
        ("--etcd-cafile=", "etcd/ca.crt"),
        ("--etcd-certfile=", "apiserver-etcd-client.crt"),
        ("--etcd-keyfile=", "apiserver-etcd-client.key"),
    ] {
        assert_eq!(line(&api, flag), format!("{flag}/etc/kubernetes/pki/{file} \\"));
        assert!(lab.path(&format!("{master}/kubernetes/pki/{file}")).is_file());
    }
    let served = crate::support::certificate::all(
        lab.read("cluster.trees/hosts/etcd1/etc/kubernetes/pki/etcd/server.crt").as_bytes(),
    );
    assert!(served[0].names.contains("IP:10.111.0.201") && served[0].names.contains("DNS:etcd1"));
    let trusted = lab.read(&format!("{master}/kubernetes/pki/etcd/ca.crt"));
    assert_eq!(trusted, lab.read("cluster.trees/hosts/etcd1/etc/kubernetes/pki/etcd/ca.crt"));
}

/// Somebody else's etcd is dialled where it is, shown, and made nowhere; a flag may point to a certificate of theirs.
#[test]
fn an_etcd_of_somebody_else() {
    let lab = Lab::of("single");
    lab.edit(", \"etcd\"", "");
    lab.append(
        r#"
        [external.etcd]
        urls = ["https://10.9.0.1:2379", "https://[fd00::9]:2379", "https://etcd.example.com:2379"]
        clients = "etcd-clients"
        [authority.etcd-clients]
        [certificate.theirs]
        authority = "etcd"
        usage = "server"
        dns = ["etcd.example.com"]
        [component.kube-apiserver]
        flags.set = { etcd-certfile = { value = "/etc/theirs/client.crt", override = true } }
        "#,
    );
    // What others bring to the host is missed in its tree.
    let built = lab.run(&["build", "cluster.toml", "--at", crate::support::AT]);
    assert_eq!(built.code, 0, "{built:#?}");
    assert!(built.err.contains("expand::absent-file") && built.err.ends_with("\n1 warning\n"), "{built:#?}");
    let host = lab.state("cluster.trees/hosts/solo");
    let of_etcd = host.keys().filter(|path| path.contains("etcd/") || path.contains("etcd.service"));
    assert_eq!(of_etcd.collect::<Vec<_>>(), ["etc/kubernetes/pki/etcd/ca.crt"], "trust and nothing else");
    let api = lab.read("cluster.trees/hosts/solo/etc/systemd/system/kube-apiserver.service");
    let urls = "https://10.9.0.1:2379,https://[fd00::9]:2379,https://etcd.example.com:2379";
    assert_eq!(line(&api, "--etcd-servers="), format!("--etcd-servers={urls} \\"));
    assert_eq!(line(&api, "--etcd-certfile="), "--etcd-certfile=/etc/theirs/client.crt \\");
    let client = lab.read("cluster.trees/hosts/solo/etc/kubernetes/pki/apiserver-etcd-client.crt");
    let client = crate::support::certificate::all(client.as_bytes());
    assert_eq!(client[0].issuer, "CN=etcd-clients");
    let shown = lab.run(&["show", "cluster.toml"]).out;
    let row = line(&shown, "accepts clients of etcd-clients");
    assert!(row.starts_with(&format!("etcd  {}", urls.replace(',', ", "))), "{row}");
}
