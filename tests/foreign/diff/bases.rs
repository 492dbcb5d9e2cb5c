//! What a plan is compared with, and from where it is read.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::{committed, nothing, of, renamed_endpoint};
use crate::support::repository::Repository;
use crate::support::{AT, Lab, Run};

const ENDPOINT: &str = "port = 16443\n";
const NAMED: &str = "port = 16443\nhost = \"k8s.example.com\"\n";

/// A fleet's platform and one cluster that imports it, built, in a folder of a repository.
fn fleet() -> Repository {
    let lab = Lab::written("format = 1\n");
    fs::create_dir(lab.path("fleet")).unwrap();
    lab.write("fleet/platform.toml", include_str!("../../../plans/fleet/platform.toml"));
    lab.write("fleet/cluster-a.toml", include_str!("../../../plans/fleet/cluster-a.toml"));
    for plan in ["platform", "cluster-a"] {
        let run = lab.run(&["build", &format!("fleet/{plan}.toml"), "--at", AT]);
        assert_eq!(run.code, 0, "{run:#?}");
    }
    of(lab)
}

/// The tables that were edited.
fn tables(told: &Value) -> Vec<&str> {
    told["plan"].as_array().unwrap().iter().map(|edit| edit["table"].as_str().unwrap()).collect()
}

/// How many things changed.
fn count(told: &Value, part: &str) -> usize {
    told[part].as_array().unwrap().len()
}

#[test]
fn a_plan_that_is_new() {
    let repository = committed("single");
    repository.0.write("second.toml", &repository.0.read("cluster.toml"));
    repository.expect("new-plan", &repository.diff(&["second.toml"]));
    let told = repository.json(&["second.toml", "--exit-code"], 2);
    assert_eq!(told["before"], format!("HEAD ({}), which has no such plan", repository.short("HEAD")));
    for edit in told["plan"].as_array().unwrap() {
        assert_eq!(edit["change"], "added", "{edit}");
    }
    let changes: Vec<&Value> =
        ["certificates", "units", "keys"].iter().flat_map(|part| told[part].as_array().unwrap()).collect();
    assert!(changes.len() > 20);
    assert!(changes.iter().all(|one| one["change"] == "issued" || one["change"] == "added"), "{changes:#?}");
}

#[test]
fn revisions_of_every_kind() {
    let repository = renamed_endpoint();
    repository.git(&["tag", "-a", "v1", "-m", "a release"]);
    repository.commit("a name");
    let (old, new) = (repository.short("HEAD~1"), repository.short("HEAD"));
    let shown = |base: &str| repository.json(&["cluster.toml", base], 0)["before"].clone();
    assert_eq!(shown("v1"), format!("v1 ({old})"));
    assert_eq!(shown("HEAD~1"), format!("HEAD~1 ({old})"));
    assert_eq!(shown("@"), format!("@ ({new})"));
    assert_eq!(shown(":/a name"), format!(":/a name ({new})"));
    assert_eq!(shown(&old), old);
    assert_eq!(shown(repository.git(&["rev-parse", "v1^{commit}"]).trim()), old);
    nothing(&repository.diff(&["cluster.toml", "main"]));
    let told = repository.json(&["cluster.toml", "v1", "--exit-code"], 2);
    assert_eq!(tables(&told), ["vip.api"]);
    // What is staged counts for nothing: the disk is compared with the commit.
    repository.0.edit(NAMED, ENDPOINT);
    repository.git(&["add", "--all"]);
    repository.0.edit(ENDPOINT, NAMED);
    nothing(&repository.diff(&["cluster.toml"]));
}

#[test]
fn another_plan() {
    let repository = renamed_endpoint();
    let lab = &repository.0;
    fs::create_dir(lab.path("other")).unwrap();
    lab.write("other/plan.toml", &lab.read("cluster.toml").replace("k8s.example.com", "api.example.com"));
    let told = repository.json(&["cluster.toml", "other/plan.toml"], 0);
    assert_eq!((&told["before"], &told["after"]), (&json!("other/plan.toml"), &json!("cluster.toml")));
    assert_eq!(
        told["plan"],
        json!([{
            "table": "vip.api", "change": "changed", "place": "cluster.toml:20",
            "lines": ["host: \"api.example.com\" -> \"k8s.example.com\""]
        }])
    );
    // Mistakes have the other plan's place.
    lab.write("other/plan.toml", "format = 2\n");
    let run = repository.diff(&["cluster.toml", "other/plan.toml"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("[other/plan.toml:1:"), "{}", run.err);
    // Without any repository.
    let lab = Lab::bare("single");
    lab.write("other.toml", &lab.read("cluster.toml"));
    nothing(&lab.run(&["diff", "cluster.toml", "other.toml"]));
}

/// The plan's own catalog is the revision's, whatever lies on the disk now.
#[test]
fn catalogs_are_read_from_the_revision() {
    let repository = of(Lab::of("bootstrap-token-file"));
    let lab = &repository.0;
    nothing(&repository.diff(&["cluster.toml"]));
    let layout = "bootstrap-token-file/layouts/guide.toml";
    let text = lab.read(layout);
    lab.write(layout, &text.replace("/bootstrap.kubeconfig", "/first.kubeconfig"));
    let moved = |revision: &str| {
        let told = repository.json(&["cluster.toml", revision, "--host", "node1"], 0);
        assert_eq!(tables(&told), ["catalog"]);
        assert_eq!(told["plan"][0]["lines"], json!(["layout/guide"]));
        let files = told["units"][0]["files"].as_array().unwrap().clone();
        let moved = files.iter().filter(|file| file["change"] != "changed");
        moved.map(|file| format!("{} {}", file["change"], file["path"]).replace('"', "")).collect::<Vec<_>>()
    };
    let expected = ["removed etc/kubernetes/bootstrap.kubeconfig", "added etc/kubernetes/first.kubeconfig"];
    assert_eq!(moved("HEAD"), expected);
    repository.commit("another path");
    assert_eq!(moved("HEAD~1"), expected);
    // The folder is gone from the disk, and the plan does without it.
    fs::remove_dir_all(lab.path("bootstrap-token-file")).unwrap();
    let run = repository.diff(&["cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("there is no directory bootstrap-token-file"), "{}", run.err);
    lab.write("cluster.toml", include_str!("../../../plans/single.toml"));
    let told = repository.json(&["cluster.toml", "--exit-code"], 2);
    assert!(tables(&told).contains(&"keyring.bootstrap"), "{told:#}");
    // A mistake in the revision's catalog is told at its place there.
    repository.git(&["checkout", "-q", "HEAD", "--", "."]);
    lab.write(layout, "nonsense = 1\nextends = \"ssl\"\n");
    repository.commit("a broken layout");
    lab.write(layout, &text);
    let run = repository.diff(&["cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("HEAD:bootstrap-token-file/layouts/guide.toml:1:1"), "{}", run.err);
}

/// So are plans that are imported, with their certificates.
#[test]
fn imports_are_read_from_the_revision() {
    let repository = fleet();
    let lab = &repository.0;
    let plan = "fleet/cluster-a.toml";
    nothing(&repository.diff(&[plan]));
    let platform = lab.read("fleet/platform.toml");
    lab.write("fleet/platform.toml", &platform.replace("Platform to cluster-a", "Another name"));
    let given_up = ["--drop-trust", "authority.to-cluster-a/1"];
    let run = lab.run(&[&["build", "fleet/platform.toml", "--at", AT], &given_up[..]].concat());
    assert_eq!(run.code, 0, "{run:#?}");
    let told = repository.json(&[plan, "--exit-code"], 2);
    assert_eq!((tables(&told).len(), count(&told, "units")), (0, 1), "{told:#}");
    assert_eq!(told["certificates"][0]["id"], "import.platform/authority.to-cluster-a/1");
    assert_eq!(
        told["certificates"][0]["differences"][0]["difference"],
        "subject CN=Platform to cluster-a -> CN=Another name"
    );
    // All of it gone from the disk but the plan, which has to do without.
    fs::remove_file(lab.path("fleet/platform.toml")).unwrap();
    fs::remove_dir_all(lab.path("fleet/platform.certs")).unwrap();
    let alone = lab.read(plan).replace("[import.platform]\nplan = \"platform.toml\"\n", "");
    lab.write(plan, alone.split("[component.kube-apiserver]").next().unwrap());
    let told = repository.json(&[plan, "--exit-code"], 2);
    assert_eq!(tables(&told), ["import.platform", "component.kube-apiserver"]);
    // What the revision lacks is told of the revision.
    repository.git(&["checkout", "-q", "HEAD", "--", "."]);
    repository.git(&["rm", "-q", "--cached", "fleet/platform.toml"]);
    repository.git(&["commit", "-q", "-m", "forgotten"]);
    let run = repository.diff(&[plan]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("cannot read the plan HEAD:fleet/platform.toml"), "{}", run.err);
}

/// From above, from within, from beside, and absolute.
#[test]
fn plans_in_folders() {
    let repository = fleet();
    let lab = &repository.0;
    fs::create_dir(lab.path("beside")).unwrap();
    let text = lab.read("fleet/cluster-a.toml");
    lab.write("fleet/cluster-a.toml", &text.replace("10.121.0.21", "10.121.0.22"));
    let whole = lab.path("fleet/cluster-a.toml").display().to_string();
    for (folder, plan) in [
        (".", "fleet/cluster-a.toml"),
        (".", "./beside/../fleet/./cluster-a.toml"),
        ("fleet", "cluster-a.toml"),
        ("fleet", "./cluster-a.toml"),
        ("beside", "../fleet/cluster-a.toml"),
        ("/", &whole),
    ] {
        let diff = format!("cd '{folder}' && \"$PKIPLAN\" diff '{plan}' --format json --exit-code --at {AT}");
        let run = lab.shell(&diff);
        assert_eq!((run.code, run.err.as_str()), (2, ""), "{folder} {plan}: {run:#?}");
        let told: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(tables(&told), ["node.a-worker"]);
        assert_eq!(told["plan"][0]["place"], format!("{plan}:22"));
    }
}

/// A work tree of its own, and a hook there: git tells hooks of the repository, but not where files begin.
#[test]
fn work_trees_and_hooks() {
    let repository = renamed_endpoint();
    let lab = &repository.0;
    fs::create_dir(lab.path("plans")).unwrap();
    lab.write("plans/cluster.toml", &lab.read("cluster.toml"));
    repository.commit("two plans");
    repository.git(&["worktree", "add", "-q", "--detach", "linked.trees"]);
    let hook = format!(
        "#!/bin/sh\n\"{}\" diff plans/cluster.toml --at {AT} --exit-code > told\n",
        env!("CARGO_BIN_EXE_pkiplan")
    );
    lab.write(".git/hooks/pre-commit", &hook);
    let run = lab.shell(
        "chmod +x .git/hooks/pre-commit && cd linked.trees && sed -i s/k8s.example/api.example/ plans/cluster.toml \
         && git commit -q -a -m 'a change'",
    );
    assert_eq!(run.code, 1, "{run:#?}");
    let told = lab.read("linked.trees/told");
    assert!(told.contains("host: \"k8s.example.com\" -> \"api.example.com\""), "{told}");
    // The other work tree stays what it is.
    nothing(&repository.diff(&["plans/cluster.toml"]));
}

/// A repository whose folder is told by variables.
#[test]
fn repositories_by_variables() {
    let repository = renamed_endpoint();
    let lab = &repository.0;
    fs::rename(lab.path(".git"), lab.path("git.trees")).unwrap();
    let run = lab.shell(&format!(
        "GIT_DIR=$PWD/git.trees GIT_WORK_TREE=$PWD \"$PKIPLAN\" diff cluster.toml --exit-code --at {AT}"
    ));
    assert_eq!((run.code, run.err.as_str()), (2, ""), "{run:#?}");
}

/// Links above the plan are the disk's, those beside and below it are the revision's.
#[test]
fn links() {
    let lab = Lab::of("bootstrap-token-file");
    for folder in ["plans", "catalogs"] {
        fs::create_dir(lab.path(folder)).unwrap();
    }
    fs::rename(lab.path("bootstrap-token-file"), lab.path("catalogs/tokens")).unwrap();
    fs::rename(lab.path("cluster.toml"), lab.path("plans/real.toml")).unwrap();
    symlink("real.toml", lab.path("plans/cluster.toml")).unwrap();
    symlink("../catalogs/tokens", lab.path("plans/bootstrap-token-file")).unwrap();
    symlink("plans", lab.path("production")).unwrap();
    let repository = of(lab);
    let lab = &repository.0;
    for plan in ["plans/cluster.toml", "production/cluster.toml", "production/real.toml"] {
        nothing(&repository.diff(&[plan]));
    }
    // The link to the catalog becomes a folder of its own, and the base has still its link.
    lab.remove("plans/bootstrap-token-file");
    fs::rename(lab.path("catalogs/tokens"), lab.path("plans/bootstrap-token-file")).unwrap();
    nothing(&repository.diff(&["production/cluster.toml"]));
    repository.commit("a folder");
    // And back.
    fs::rename(lab.path("plans/bootstrap-token-file"), lab.path("catalogs/tokens")).unwrap();
    symlink("../catalogs/tokens", lab.path("plans/bootstrap-token-file")).unwrap();
    nothing(&repository.diff(&["production/cluster.toml"]));
    // A folder inside the catalog, too.
    fs::rename(lab.path("catalogs/tokens/layouts"), lab.path("catalogs/layouts")).unwrap();
    symlink("../layouts", lab.path("catalogs/tokens/layouts")).unwrap();
    nothing(&repository.diff(&["plans/cluster.toml"]));
    repository.commit("links");
    nothing(&repository.diff(&["plans/cluster.toml"]));
    // What leads out of the repository is in no revision.
    let outside = Lab::of("bootstrap-token-file");
    lab.remove("plans/cluster.toml");
    symlink(outside.path("cluster.toml"), lab.path("plans/cluster.toml")).unwrap();
    repository.commit("out");
    let run = repository.diff(&["plans/cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("cannot read the plan plans/cluster.toml: it is not below"), "{}", run.err);
    lab.remove("plans/cluster.toml");
    lab.remove("plans/bootstrap-token-file");
    fs::copy(lab.path("plans/real.toml"), lab.path("plans/cluster.toml")).unwrap();
    symlink(outside.path("bootstrap-token-file"), lab.path("plans/bootstrap-token-file")).unwrap();
    repository.commit("the catalog out");
    let run = repository.diff(&["plans/cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("cannot read the directory plans/bootstrap-token-file: it is not below"),
        "{}",
        run.err
    );
}

/// A catalog above the repository's uppermost folder is read where a person allows it, on both sides as it is now.
#[test]
fn catalogs_outside() {
    let lab = Lab::of("bootstrap-token-file");
    lab.edit("catalog = \"boot", "catalog = \"../boot");
    fs::create_dir(lab.path("inner")).unwrap();
    fs::rename(lab.path("cluster.toml"), lab.path("inner/cluster.toml")).unwrap();
    let run = lab.shell(
        "cd inner && git init -q && git add cluster.toml && git -c user.name=n -c user.email=n@example.com commit -q -m a",
    );
    assert_eq!(run.code, 0, "{run:#?}");
    let run = lab.run(&["diff", "inner/cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("cannot read the directory bootstrap-token-file: it is not below"),
        "{}",
        run.err
    );
    nothing(&lab.run(&["diff", "inner/cluster.toml", "--allow", "bootstrap-token-file"]));
}

/// What is said but for the dates of certificates, which are the next lock's.
fn without_dates(mut told: Value) -> Value {
    let certificates = told["certificates"].as_array_mut().unwrap();
    certificates.iter_mut().for_each(|one| drop(one.as_object_mut().unwrap().remove("dates").unwrap()));
    told
}

/// What is not decided yet is no difference: the same is told with either lock, with both and with none.
#[test]
fn locks_on_either_side() {
    let lab = Lab::bare("ha");
    let plan = lab.read("cluster.toml");
    let repository = of(lab);
    let lab = &repository.0;
    let lock = |at: &str| {
        let run = lab.run(&["lock", "cluster.toml", "--at", at]);
        assert_eq!(run.code, 0, "{run:#?}");
    };
    let told = || {
        let told = without_dates(repository.json(&["cluster.toml", "--exit-code"], 2));
        [&told["plan"], &told["certificates"], &told["units"], &told["waves"], &told["risks"]]
            .map(Clone::clone)
    };
    let name = || lab.edit(ENDPOINT, NAMED);
    name();
    let neither = told();
    assert_eq!(neither[1].as_array().unwrap().len(), 3, "{:#}", neither[1]);
    lock(AT);
    assert_eq!(told(), neither, "the plan's alone");
    lab.write("cluster.toml", &plan);
    lab.remove("cluster.lock");
    nothing(&repository.diff(&["cluster.toml"]));
    lock(AT);
    nothing(&repository.diff(&["cluster.toml"]));
    repository.commit("locked");
    nothing(&repository.diff(&["cluster.toml"]));
    name();
    assert_eq!(told(), neither, "both, not yet decided");
    // A certificate begins five minutes before it is decided: it is valid already.
    lock("2026-01-01T00:04:00Z");
    let decided = told();
    assert_eq!(decided, neither, "both, decided");
    lab.remove("cluster.lock");
    assert_eq!(told(), neither, "the base's alone");
}

/// The time counts for what is decided now, and for nothing else.
#[test]
fn times() {
    let repository = renamed_endpoint();
    let lab = &repository.0;
    let diff = ["diff", "cluster.toml", "--format", "json"];
    let epoch = lab.run_with(&diff, &[("SOURCE_DATE_EPOCH", "1767225600")]);
    let at = lab.run(&[&diff[..], &["--at", AT]].concat());
    assert_eq!(at, epoch);
    // The option comes first.
    assert_eq!(lab.run_with(&[&diff[..], &["--at", AT]].concat(), &[("SOURCE_DATE_EPOCH", "soon")]), at);
    // Another day decides other dates, and nothing else.
    let said = |run: &Run| without_dates(serde_json::from_str(&run.out).unwrap());
    let later = lab.run(&[&diff[..], &["--at", "2031-05-05T05:05:05Z"]].concat());
    assert_eq!((later.code, said(&later)), (at.code, said(&at)));
    assert!(later.out.contains("2031-05-05T05:00:05Z") && !at.out.contains("2031"), "{}", later.out);
    assert_eq!(said(&lab.run(&diff)), said(&at));
}

/// What is compared with where nothing is asked for: what hosts have.
#[test]
fn what_hosts_have_is_the_base() {
    let repository = of(Lab::built("single"));
    let base = |repository: &Repository| repository.json(&["cluster.toml"], 0)["before"].clone();
    let first = repository.short("HEAD");
    assert_eq!(base(&repository), format!("HEAD ({first})"));
    let applied = |hosts: &[&str]| {
        let run = repository.0.run(&[&["applied", "cluster.toml"], hosts, &["--at", AT]].concat());
        assert_eq!(run.code, 0, "{run:#?}");
    };
    let hosts: Vec<String> = fs::read_dir(repository.0.path("cluster.trees/hosts"))
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().to_str().unwrap().strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    applied(&[]);
    repository.commit("rolled out");
    let all = hosts.len();
    let have = if all == 1 { "1 host has".to_owned() } else { format!("{all} hosts have") };
    assert_eq!(base(&repository), format!("{}, which {have}", &repository.git(&["rev-parse", &first])[..7]));
    // Two commits on, hosts still have the first.
    for name in ["one", "two"] {
        repository.0.append(&format!("\n[user.{name}]\n"));
        let run = repository.0.run(&["lock", "cluster.toml", "--at", AT]);
        assert_eq!(run.code, 0, "{run:#?}");
        repository.commit(name);
    }
    let told = repository.json(&["cluster.toml"], 0);
    assert!(told["before"].as_str().unwrap().starts_with(&first), "{}", told["before"]);
    assert_eq!(tables(&told), ["user.one", "user.two"]);
    assert_eq!(count(&repository.json(&["cluster.toml", "HEAD"], 0), "plan"), 0);
    // A lock that no commit has tells nothing.
    repository.0.append("\n[user.three]\n");
    assert_eq!(repository.0.run(&["lock", "cluster.toml", "--at", AT]).code, 0);
    applied(&[]);
    let told = repository.json(&["cluster.toml"], 0);
    assert!(told["before"].as_str().unwrap().starts_with("HEAD ("), "{}", told["before"]);
}

/// Where some hosts are ahead, those that are behind count.
#[test]
fn the_host_that_is_furthest_behind_counts() {
    let repository = of(Lab::built("ha"));
    let first = repository.short("HEAD");
    let run = |arguments: &[&str]| {
        let run = repository.0.run(&[arguments, &["--at", AT]].concat());
        assert_eq!(run.code, 0, "{run:#?}");
    };
    run(&["applied", "cluster.toml"]);
    repository.0.append("\n[user.one]\n");
    run(&["lock", "cluster.toml"]);
    repository.commit("one");
    run(&["applied", "cluster.toml", "master01", "master02"]);
    let told = repository.json(&["cluster.toml"], 0);
    let whole = repository.git(&["rev-parse", &first]);
    assert_eq!(told["before"], format!("{}, which 3 hosts have (2 of 5 have a later one)", &whole[..7]));
}
