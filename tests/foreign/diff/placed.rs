//! High risks of two commits: the first makes something possible, the second uses it.

use super::takeover::{high, repository};

/// Bootstrap tokens are there to join with; whoever else has their group may be any node.
#[test]
fn the_group_of_bootstrap_tokens_makes_nodes() {
    let repository = repository();
    repository.0.append("\n[bootstrap]\ngroups = [\"system:bootstrappers:workers\"]\n");
    let found = high(&repository, &[]);
    assert!(found.iter().all(|(kind, _)| kind != "administrator"), "{found:#?}");
    repository.commit("bootstrap");
    repository.0.append("\n[user.eve]\norganizations = [\"system:bootstrappers:workers\"]\n");
    let found = high(&repository, &[]);
    let says = "`user.eve` is now in the group `system:bootstrappers:workers`, which can get a certificate for any node name";
    assert!(found.len() == 1 && found[0].1.contains(says), "{found:#?}");
}

/// What a kubelet adds to its configuration from a folder counts as its configuration does.
#[test]
fn files_in_a_folder_that_a_flag_names_are_sensitive() {
    let repository = repository();
    let lab = &repository.0;
    let drop_in = |pods: u32, more: &str| {
        let head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
        lab.write("10.conf", &format!("{head}maxPods: {pods}\n{more}"));
    };
    drop_in(200, "");
    let file = |name: &str| {
        format!(
            "\n[file.{name}]\nsource = \"{name}.conf\"\npath = \"/etc/kubernetes/kubelet.d/{name}.conf\"\n\
             component = \"kubelet\"\nformat = \"yaml\"\n"
        )
    };
    lab.append("\n[component.kubelet]\nflags.set = { config-dir = \"/etc/kubernetes/kubelet.d\" }\n");
    lab.append(&file("10"));
    let found = high(&repository, &[]);
    assert!(found.len() == 1 && found[0].1.contains("--config-dir=/etc/kubernetes/kubelet.d"), "{found:#?}");
    repository.commit("a drop-in");
    drop_in(200, "authorization: { mode: AlwaysAllow }\n");
    let found = high(&repository, &[]);
    assert!(found.len() == 1 && found[0].1.contains("what --config-dir names, `10.conf`"), "{found:#?}");
    repository.commit("another one");
    lab.write("20.conf", &lab.read("10.conf"));
    lab.append(&file("20"));
    let found = high(&repository, &[]);
    assert!(found.len() == 1 && found[0].1.contains("what --config-dir names, `20.conf`"), "{found:#?}");
}
