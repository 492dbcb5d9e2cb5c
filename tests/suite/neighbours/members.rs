//! Members of what votes, whose numbers cannot be.

use crate::support::Lab;

/// Two members that are new at once.
fn two(first: u32, second: u32) -> String {
    let node = |n: u32, joins: u32| {
        format!(
            "\n[node.etcd-0{n}]\naddresses = [\"10.111.0.12{n}\"]\nroles = [\"etcd\"]\n\
             component.etcd = {{ setting.joins = {joins} }}\n"
        )
    };
    node(4, first) + &node(5, second)
}

fn said(lab: &Lab) -> String {
    lab.run(&["check", "cluster.toml"]).err
}

#[test]
fn somebody_founds_what_others_join() {
    let lab = Lab::bare("ha");
    lab.append("\n[component.etcd]\nsetting.joins = 1\n");
    assert!(said(&lab).contains("has no founding member"), "{}", said(&lab));
    // One of them is enough.
    lab.append("\n[node.master01.component.etcd]\nsetting.joins = 0\n");
    assert!(!said(&lab).contains("founded"), "{}", said(&lab));
}

#[test]
fn members_that_are_new_at_once_join_one_after_the_other() {
    let lab = Lab::built("ha");
    let plan = lab.read("cluster.toml");
    lab.append(&two(1, 1));
    assert!(said(&lab).contains("joins as number 1"), "{}", said(&lab));
    lab.write("cluster.toml", &(plan + &two(1, 2)));
    assert!(!said(&lab).contains("joins as number"), "{}", said(&lab));
}
