//! Plans that import another one: what the lock, a build and the reports say of it, through the front door.

use crate::support::{AT, Lab, Run, State};

const IMPORTED: &str = "import.platform/authority.to-cluster-a";
const BUNDLE: &str = "etc/kubernetes/pki/kube-apiserver-clients.crt";

/// The three plans of `plans/fleet/`, built.
fn fleet() -> Lab {
    let lab = Lab::written("format = 1\n");
    for (name, plan) in [
        ("platform", include_str!("../../plans/fleet/platform.toml")),
        ("cluster-a", include_str!("../../plans/fleet/cluster-a.toml")),
        ("cluster-b", include_str!("../../plans/fleet/cluster-b.toml")),
    ] {
        lab.write(&format!("{name}.toml"), plan);
        build(&lab, name);
    }
    lab
}

fn build(lab: &Lab, plan: &str) -> Run {
    build_at(lab, plan, AT)
}

fn build_at(lab: &Lab, plan: &str, at: &str) -> Run {
    let run = lab.run(&["build", &format!("{plan}.toml"), "--at", at]);
    assert_eq!((run.code, run.err.contains("::")), (0, false), "{run:#?}");
    run
}

/// What `lock --check` says, and its exit code.
fn to_come(lab: &Lab, cluster: &str) -> (i32, String) {
    to_come_at(lab, cluster, AT)
}

fn to_come_at(lab: &Lab, cluster: &str, at: &str) -> (i32, String) {
    let run = lab.run(&["lock", &format!("{cluster}.toml"), "--check", "--at", at]);
    (run.code, format!("{}{}", run.out, run.err))
}

fn bundle(lab: &Lab) -> String {
    lab.read(&format!("cluster-a.trees/hosts/a-control/{BUNDLE}"))
}

fn certificate(lab: &Lab, generation: u32) -> String {
    lab.read(&format!("platform.certs/authority.to-cluster-a-{generation}.crt"))
}

fn changed(before: &State, after: &State) -> Vec<String> {
    let paths = after.iter().filter(|(path, state)| before.get(*path) != Some(*state));
    paths.map(|(path, _)| path.clone()).collect()
}

#[test]
fn the_public_side_is_enough() {
    let lab = fleet();
    let before = lab.state("cluster-a.trees");
    assert_eq!(bundle(&lab).matches("BEGIN").count(), 2);
    assert!(bundle(&lab).ends_with(&certificate(&lab, 1)));
    // Neither the platform's secret nor its trees nor its lock are looked at.
    for private in ["platform.secret", "platform.trees", "platform.lock"] {
        lab.remove(private);
    }
    lab.remove("cluster-a.trees");
    let run = lab.run(&["build", "cluster-a.toml", "--locked"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(changed(&before, &lab.state("cluster-a.trees")), [""; 0]);
}

#[test]
fn a_renewal_there_is_a_change_of_the_lock_here() {
    const LATER: &str = "2026-02-01T00:00:00Z";
    let lab = fleet();
    let before = lab.state("cluster-a.trees");
    let run = lab.run(&["renew", "platform.toml", "authority.to-cluster-a/1", "--at", LATER]);
    assert_eq!(run.code, 0, "{run:#?}");
    build_at(&lab, "platform", LATER);
    let (code, said) = to_come_at(&lab, "cluster-a", LATER);
    assert!(code == 1 && said.contains(&format!("reissue {IMPORTED}/1: ")), "{said}");
    assert!(said.contains("+certificate sha256:") && said.contains("because of cluster-a.toml:27"), "{said}");
    let run = lab.run(&["build", "cluster-a.toml", "--locked"]);
    assert!(run.code == 1 && run.err.contains("lock::locked"), "{run:#?}");
    assert_eq!(to_come_at(&lab, "cluster-b", LATER).0, 0);
    let run = build_at(&lab, "cluster-a", LATER);
    assert!(run.out.contains("certificates 0 issued, 1 reissued, 20 kept"), "{}", run.out);
    let changed = changed(&before, &lab.state("cluster-a.trees"));
    let files: Vec<&String> = changed.iter().filter(|path| path.contains("etc/")).collect();
    assert_eq!(files, [&format!("hosts/a-control/{BUNDLE}")], "{changed:?}");
    assert!(bundle(&lab).ends_with(&certificate(&lab, 1)));
}

#[test]
fn a_rotation_there_reaches_the_bundle_here() {
    let lab = fleet();
    let generations = |words: &str| {
        let text = lab.read("platform.toml");
        let old = text.lines().find(|line| line.starts_with("generations")).map(|line| format!("{line}\n"));
        let text = text.replace(&old.unwrap_or_default(), "");
        let header = "[authority.to-cluster-a]\n";
        lab.write("platform.toml", &text.replace(header, &format!("{header}generations = {words}\n")));
    };
    generations("{ use = 1, trust = [1, 2] }");
    let run = lab.run(&["check", "cluster-a.toml"]);
    assert!(run.code == 1 && run.err.contains("`to-cluster-a` of generation 2 yet"), "{run:#?}");
    build(&lab, "platform");
    let run = build(&lab, "cluster-a");
    assert!(run.out.contains(&format!("  imported   {IMPORTED}/2\n")), "{}", run.out);
    let both = bundle(&lab);
    assert!(both.ends_with(&format!("{}{}", certificate(&lab, 1), certificate(&lab, 2))));
    // Which of them signs there is nothing to those who trust both.
    generations("{ use = 2, trust = [1, 2] }");
    build(&lab, "platform");
    assert_eq!(to_come(&lab, "cluster-a").0, 0);
    generations("{ use = 2, trust = [2] }");
    build(&lab, "platform");
    let (code, said) = to_come(&lab, "cluster-a");
    assert!(code == 1 && said.contains(&format!("remove {IMPORTED}/1")), "{said}");
    build(&lab, "cluster-a");
    assert_eq!(bundle(&lab), both.replace(&certificate(&lab, 1), ""));
    // It has no key here that could come back, so nothing remembers it.
    assert!(!lab.read("cluster-a.lock").contains(&format!("{IMPORTED}/1")));
}

#[test]
fn reports_tell_of_it() {
    let lab = fleet();
    let say = |arguments: &[&str]| {
        let run = lab.run(arguments);
        assert_eq!(run.code, 0, "{run:#?}");
        run.out
    };
    let shown = say(&["show", "cluster-a.toml", "certificate", &format!("{IMPORTED}/1")]);
    assert!(shown.contains("import platform.toml"), "{shown}");
    assert!(shown.contains(&format!("a-control:/{BUNDLE}")), "{shown}");
    let graph = say(&["graph", "cluster-a.toml"]);
    assert!(graph.contains("\"kube-apiserver/clients\" -> \"authority platform.to-cluster-a\""), "{graph}");
    let status = say(&["status", "cluster-a.toml", "--at", AT]);
    let stops = "everything that platform.to-cluster-a certifies, at kube-apiserver of a-control";
    assert!(status.lines().any(|line| line.contains(IMPORTED) && line.ends_with(stops)), "{status}");
    let component = say(&["show", "cluster-a.toml", "component", "kube-apiserver"]);
    let added = component.lines().find(|line| line.contains("bundle.clients.add")).unwrap();
    assert!(added.contains("platform.to-cluster-a"), "{component}");
    let run = lab.run(&["renew", "cluster-a.toml", IMPORTED]);
    let help = "`pkiplan renew platform.toml authority.to-cluster-a/1`";
    assert!(
        run.code == 1 && run.err.contains("decide::renewed-import") && run.err.contains(help),
        "{run:#?}"
    );
}

/// A bundle of roots holds the root above what is named.
#[test]
fn servers_of_another_plan_are_trusted_by_its_root() {
    let lab = fleet();
    let plan = lab.read("cluster-a.toml");
    lab.write("cluster-a.toml", &format!("{plan}bundle.servers.add = [\"platform.services\"]\n"));
    let run = build(&lab, "cluster-a");
    assert!(run.out.contains("  imported   import.platform/authority.root/1\n"), "{}", run.out);
    let servers = lab.read("cluster-a.trees/hosts/a-control/etc/kubernetes/pki/kube-apiserver-servers.crt");
    assert!(servers.ends_with(&lab.read("platform.certs/authority.root-1.crt")));
    // What clients are checked against has not become wider.
    assert_eq!(bundle(&lab).matches("BEGIN").count(), 2);
}

/// One of the plan's own beside the catalog's: made for one client it is fine, and twice is once.
#[test]
fn own_authorities_can_be_added() {
    let lab = fleet();
    let added = "\"platform.to-cluster-a\", \"platform.to-cluster-a\", \"kubernetes\", \"robots\"";
    let plan = lab.read("cluster-a.toml").replace("\"platform.to-cluster-a\"", added);
    let robots = "\n[authority.robots]\npath-length = 0\n\n\
                  [certificate.robot]\nauthority = \"robots\"\nusage = \"client\"\n";
    lab.write("cluster-a.toml", &format!("{plan}{robots}"));
    build(&lab, "cluster-a");
    let text = bundle(&lab);
    assert_eq!(text.matches("BEGIN").count(), 3);
    assert!(text.ends_with(&lab.read("cluster-a.certs/authority.robots-1.crt")));
    // Of a second client the cluster's own people should know.
    let more = "\n[certificate.other]\nauthority = \"robots\"\nusage = \"client\"\n";
    lab.write("cluster-a.toml", &format!("{plan}{robots}{more}"));
    let run = lab.run(&["check", "cluster-a.toml"]);
    let why = "all its certificates are accepted";
    assert!(
        run.code == 0 && run.err.contains("resolve::wide-client-trust") && run.err.contains(why),
        "{run:#?}"
    );
}
