//! What `check` used to accept in silence, and what could not be said.

use std::fs;

use crate::support::{AT, Lab};

/// A plan with a layout of its own.
fn with_layout(layout: &str) -> Lab {
    let lab = Lab::of("single");
    lab.edit("format = 1\n", "format = 1\ncatalog = \"catalog\"\n");
    lab.edit("profile = \"high-availability\"\n", "profile = \"high-availability\"\nlayout = \"mine\"\n");
    fs::create_dir_all(lab.path("catalog/layouts")).unwrap();
    lab.write("catalog/layouts/mine.toml", &format!("extends = \"kubeadm\"\n\n{layout}\n"));
    lab
}

/// What `check` says of a plan that it refuses.
fn refused(lab: &Lab) -> String {
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 1, "{run:#?}");
    run.err.replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_line_of_a_layout_means_something() {
    for (layout, words) in [
        ("[authority.kubernetes]\nroot = \"/a\"", "unknown key `root` in the paths of an authority"),
        ("[keyring.service-account]\nprivate = \"/a\"", "unknown key `private` in the paths of a keyring"),
        ("[component.kubelt]\nbinary = \"/a\"", "the catalog has no component `kubelt`"),
        ("[component.kubelet]\nbinry = \"/a\"", "unknown key `binry` in the paths of `kubelet`"),
        ("[component.kubelet]\nfile.units = \"/a\"", "`kubelet` has no file `units`"),
        ("[component.kubelet]\nkubeconfig.apis = \"/a\"", "`kubelet` has no kubeconfig `apis`"),
        ("[component.kubelet]\nbundle.server = \"/a\"", "`kubelet` has no bundle `server`"),
        (
            "[component.kubelet]\ncertificate.client.cert = \"/a\"",
            "unknown key `cert` in the paths of a certificate",
        ),
        ("[component.kubelet]\ncertificate.cliemt.key = \"/a\"", "`kubelet` has no certificate `cliemt`"),
        ("[component.kubelet]\ncertificate.client = \"/a\"", "`client` must be a table"),
        ("[component.kubelet]\nfile = \"/a\"", "`file` must be a table by name"),
        ("[default]\nbundles = \"/a\"", "unknown key `bundles` in patterns"),
        ("[default]\nauthority.roots-file = \"/a\"", "unknown key `roots-file` in the paths of an authority"),
        ("[default]\nfile.unitt = \"/a\"", "the catalog has no file `unitt`"),
        ("[folder]\n\"etc/pki\" = \"0700\"", "`etc/pki` is not the absolute path of a directory"),
        ("authority.kubernetes = \"/a\"", "`authority.kubernetes` must be a table"),
    ] {
        let said = refused(&with_layout(layout));
        assert!(said.contains(words), "{layout}: {said}");
    }
}

/// A default may depend on the node, also within a list: only nodes for which all settings are the same share them.
#[test]
fn defaults_depend_on_the_node() {
    let lab = Lab::of("ha");
    lab.edit("format = 1\n", "format = 1\ncatalog = \"catalog\"\n");
    lab.append("\n[component.agent]\n\n[node.master02.component.agent]\nsetting.label = \"own\"\n");
    fs::create_dir_all(lab.path("catalog/components/agent")).unwrap();
    lab.write(
        "catalog/components/agent/component.toml",
        "[component]\nname = \"agent\"\nplace = \"all\"\n\n[setting]\n\
         label = { type = \"text\", default = \"{{ cluster.name }}\" }\n\
         names = { type = \"list\", default = [\"x\", \"{{ node.name }}\"] }\n\
         worker = { type = \"boolean\", default = \"{{ 'worker' in node.roles }}\" }\n\n\
         [file.settings]\nyaml = { label = \"{{ setting.label }}\", names = \"{{ setting.names }}\", worker = \"{{ setting.worker }}\" }\n\n\
         [layout.kubeadm]\nfile.settings = \"/etc/agent.yaml\"\n",
    );
    lab.build();
    for (node, label, worker) in [
        ("master01", "kubernetes", false),
        ("master02", "own", false),
        ("node01", "kubernetes", true),
        ("node02", "kubernetes", true),
    ] {
        let text = lab.read(&format!("cluster.trees/hosts/{node}/etc/agent.yaml"));
        assert_eq!(text, format!("label: {label}\nnames:\n- x\n- {node}\nworker: {worker}\n"));
    }
}

/// The same of what a component says of layouts.
#[test]
fn every_line_of_a_component_means_something() {
    let component = |line: &str| {
        format!(
            "[component]\nname = \"agent\"\nplace = \"role:worker\"\n\n[file.settings]\nyaml = {{ a = 1 }}\n\n\
             [layout.kubeadm]\nfile.settings = \"/etc/agent.yaml\"\n{line}\n"
        )
    };
    let checked = |line: &str| {
        let lab = Lab::of("single");
        lab.edit("format = 1\n", "format = 1\ncatalog = \"catalog\"\n");
        lab.append("\n[component.agent]\n");
        fs::create_dir_all(lab.path("catalog/components/agent")).unwrap();
        lab.write("catalog/components/agent/component.toml", &component(line));
        lab
    };
    let run = checked("").run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(refused(&checked("file.setting = \"/a\"")).contains("`agent` has no file `setting`"));
    assert!(
        refused(&checked("[layout.kubadm]\nfile.settings = \"/a\"")).contains("there is no layout `kubadm`")
    );
}

/// A bundle that a layout names lies there, although it holds one authority alone.
#[test]
fn bundles_lie_where_a_layout_says() {
    let lab = with_layout("[component.kube-apiserver]\nbundle.etcd = \"/etc/etcd-trust/ca.crt\"");
    lab.build();
    let trust = lab.read("cluster.trees/hosts/solo/etc/etcd-trust/ca.crt");
    assert_eq!(trust, lab.read("cluster.trees/hosts/solo/etc/kubernetes/pki/etcd/ca.crt"));
    let unit = lab.read("cluster.trees/hosts/solo/etc/systemd/system/kube-apiserver.service");
    assert!(unit.contains("--etcd-cafile=/etc/etcd-trust/ca.crt "), "{unit}");
}

/// Plans of other endings have what belongs to them for themselves.
#[test]
fn the_whole_name_of_a_plan_counts() {
    let lab = Lab::of("single");
    let plan = lab.read("cluster.toml");
    for name in ["cluster.prod", "cluster.staging"] {
        lab.write(name, &plan);
        for command in [&["secret", "new", name][..], &["build", name, "--at", AT]] {
            let run = lab.run(command);
            assert_eq!(run.code, 0, "{run:#?}");
        }
        for beside in ["lock", "secret", "trees", "certs"] {
            assert!(lab.path(&format!("{name}.{beside}")).exists(), "{name}.{beside}");
        }
    }
    let lock = |name: &str| lab.read(&format!("{name}.lock")).lines().nth(2).unwrap().to_owned();
    assert_ne!(lock("cluster.prod"), lock("cluster.staging"));

    // What is imported is found by the same name.
    lab.write("cluster.new", &plan);
    let pki = "cluster.prod.trees/hosts/solo/etc/kubernetes/pki";
    let (certificate, authority) = (format!("{pki}/ca.crt"), format!("{pki}/ca.key"));
    let run = lab.run(&[
        "import",
        "--plan",
        "cluster.new",
        "--as",
        "authority.kubernetes",
        &certificate,
        &authority,
    ]);
    assert_eq!(run.code, 0, "{run:#?}");
    let run = lab.run(&["check", "cluster.new"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
}

#[test]
fn another_epoch_is_the_reason_that_is_told() {
    let lab = Lab::built("single");
    lab.append("\n[secret.default]\nepoch = 2\n");
    let run = lab.run(&["lock", "cluster.toml", "--check", "--at", AT]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.out.contains("epoch 1 -> 2 because of secret.default"), "{run:#?}");
    assert!(!run.out.contains("catalog:"), "{run:#?}");
}

/// What an earlier build made is not taken for what is imported.
#[test]
fn an_import_after_a_build_says_what_to_do() {
    let lab = Lab::built("single");
    let pki = "cluster.trees/hosts/solo/etc/kubernetes/pki";
    let (certificate, key) = (format!("{pki}/ca.crt"), format!("{pki}/ca.key"));
    let before = lab.read("cluster.toml");
    let run =
        lab.run(&["import", "--plan", "cluster.toml", "--as", "authority.front-proxy", &certificate, &key]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(
        run.err.contains("was derived by an earlier build") && run.err.contains("generation 2"),
        "{}",
        run.err
    );
    assert_eq!(lab.read("cluster.toml"), before);
}

#[test]
fn one_host_runs_pods() {
    let lab = Lab::built("single");
    let kubelet =
        |host: &str, lab: &Lab| lab.read(&format!("cluster.trees/hosts/{host}/var/lib/kubelet/config.yaml"));
    assert!(!kubelet("solo", &lab).contains("registerWithTaints"), "{}", kubelet("solo", &lab));
    let lab = Lab::built("ha");
    assert!(!kubelet("node01", &lab).contains("registerWithTaints"));
}

/// Names of a node stand in every certificate that has its name.
#[test]
fn a_node_has_more_names() {
    let lab = Lab::of("single");
    lab.edit("[node.solo]\n", "[node.solo]\nnames = [\"solo.example.com\", \"solo.lan\"]\n");
    lab.append("\n[certificate.shop]\nauthority = \"kubernetes\"\nusage = \"server\"\nnodes = \"node:solo\"\nnode-names = true\n\
                certificate-file = \"/etc/shop.crt\"\nkey-file = \"/etc/shop.key\"\n");
    lab.build();
    let names = |path: &str| {
        let text = lab.read(&format!("cluster.trees/hosts/solo/{path}"));
        crate::support::certificate::all(text.as_bytes())[0].names.clone()
    };
    for path in ["etc/kubernetes/pki/apiserver.crt", "etc/kubernetes/pki/etcd/server.crt", "etc/shop.crt"] {
        let names = format!("{:?}", names(path));
        assert!(names.contains("solo.example.com") && names.contains("solo.lan"), "{path}: {names}");
    }
    lab.edit("\"solo.lan\"", "\"10.0.0.300\"");
    assert!(refused(&lab).contains("resolve::bad-dns-name"));
}

/// A load balancer of a cloud has a name and no address.
#[test]
fn a_load_balancer_has_a_name_alone() {
    let lab = Lab::of("single");
    lab.edit("endpoint = \"node.solo\"", "endpoint = \"vip.api\"");
    lab.append("\n[vip.api]\nhost = \"api-1.elb.example.com\"\nport = 443\nserved-by = \"external\"\n");
    lab.build();
    let kubeconfig = lab.read("cluster.trees/users/admin/kubeconfig");
    assert!(kubeconfig.contains("server: https://api-1.elb.example.com:443"), "{kubeconfig}");
    let serving = lab.read("cluster.trees/hosts/solo/etc/kubernetes/pki/apiserver.crt");
    let names = format!("{:?}", crate::support::certificate::all(serving.as_bytes())[0].names);
    assert!(names.contains("api-1.elb.example.com"), "{names}");
    lab.edit("host = \"api-1.elb.example.com\"\n", "");
    assert!(refused(&lab).contains("needs the key `addresses`"));
}

/// IPv6 first, also in a pool.
#[test]
fn a_pool_is_dialled_by_ipv6() {
    let lab = Lab::written(
        r#"
format = 1

[cluster]
name = "six"
profile = "high-availability"
service-cidrs = ["fd00:96::/112", "10.96.0.0/16"]

[node.m1]
addresses = ["fd00:111::1", "10.111.0.101"]
roles = ["control-plane", "etcd"]

[pool.more]
names = "more{1..2}"
first-address = "fd00:111::41"
first-address-v4 = "10.111.0.141"
roles = ["worker"]
"#,
    );
    let run = lab.run(&["show", "cluster.toml", "node", "more2"]);
    assert_eq!(run.code, 0, "{run:#?}");
    let (six, four) = (run.out.find("fd00:111::42").unwrap(), run.out.find("10.111.0.142").unwrap());
    assert!(six < four, "{}", run.out);
}
