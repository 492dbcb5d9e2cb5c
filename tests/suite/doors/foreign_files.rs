//! Files that a plan, a pull request or a slip of the hand names, and that are not meant to be read.

use std::fs;
use std::os::unix::fs::symlink;

use base64ct::{Base64, Encoding as _};

use super::{COMPONENT, PLAN, refused_without};
use crate::support::{AT, Lab, SECRET};

const GIT_CONFIG: &str = "[core]\n\tbare = false\n[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hz\n";

/// A plan with an own catalog, beside a secret.
fn with_catalog(template: &str) -> Lab {
    let lab = Lab::written(PLAN);
    fs::create_dir_all(lab.path("catalog/components/x")).unwrap();
    lab.write("catalog/components/x/component.toml", COMPONENT);
    lab.write("catalog/components/x/x.j2", template);
    lab
}

#[test]
fn imports_that_are_no_plans_are_not_shown() {
    let lab = Lab::written(PLAN);
    lab.write("gitconfig", GIT_CONFIG);
    lab.write("plain", "TOKEN=ghs_verysecret\n");
    fs::create_dir(lab.path(".git")).unwrap();
    lab.write(".git/config", GIT_CONFIG);
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("other.toml"), "format = 1\n[cluster]\nname = \"hushed\"\nx = 1\n")
        .unwrap();
    symlink(outside.path().join("other.toml"), lab.path("link.toml")).unwrap();
    let variables = [("GITHUB_TOKEN", "ghs_verysecret")];
    let outside = outside.path().join("other.toml").display().to_string();
    for path in [
        "gitconfig",
        "plain",
        ".git/config",
        "cluster.secret",
        "/proc/self/environ",
        "/proc/self/cmdline",
        "/proc/1/environ",
        "/dev/fd/0",
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "link.toml",
        &outside,
    ] {
        lab.write("cluster.toml", &format!("format = 1\n[import.x]\nplan = \"{path}\"\n{}", &PLAN[11..]));
        for command in ["check", "show", "graph", "build", "lock", "status"] {
            let run = lab.run_with(&[command, "cluster.toml"], &variables);
            refused_without(&run, &["ghs_verysecret", "AUTHORIZATION", "bare =", SECRET, "root:", "hushed"]);
        }
        for form in [&["--format", "json"][..], &["--root", "/"]] {
            let run = lab.run_with(&[&["check", "cluster.toml"], form].concat(), &variables);
            refused_without(&run, &["ghs_verysecret", "AUTHORIZATION", "bare =", SECRET, "root:"]);
        }
    }
}

#[test]
fn what_is_no_plan_is_not_shown_by_commands_that_take_one() {
    let lab = Lab::built("single");
    let key = "cluster.trees/hosts/solo/etc/kubernetes/pki/ca.key";
    let pem = lab.read(key);
    let line = pem.lines().nth(1).unwrap();
    fs::copy(lab.path(key), lab.path("copied.toml")).unwrap();
    for path in ["cluster.secret", key, "copied.toml", "cluster.trees/users/admin/kubeconfig"] {
        for command in ["check", "show", "graph", "build", "lock", "renew", "diff"] {
            refused_without(&lab.run(&[command, path]), &[SECRET, line, "PRIVATE"]);
        }
    }
    // A secret in a wrong place of the command line is not repeated either.
    let content = format!("pkiplan-secret-1 {SECRET}");
    for arguments in [
        &["build", "cluster.toml", "--secret", &content][..],
        &["check", &content],
        &["inspect", &content],
        &["build", "cluster.toml", "--secret-fd", &content],
        &["diff", "cluster.toml", &content],
    ] {
        refused_without(&lab.run(arguments), &[SECRET, &SECRET[..16]]);
    }
}

#[test]
fn templates_render_nothing_but_templates() {
    let lab = with_catalog("fine");
    lab.build();
    let built = lab.read("cluster.trees/hosts/m1/etc/x/leak.txt");
    let template = lab.path("catalog/components/x/x.j2");
    lab.write("secret.j2", &lab.read("cluster.secret"));
    lab.write(
        "secret64.j2",
        &format!(
            "{}
",
            Base64::encode_string(lab.read("cluster.secret").as_bytes())
        ),
    );
    let key = "cluster.trees/hosts/m1/etc/x/c.key";
    fs::copy(lab.path(key), lab.path("key.j2")).unwrap();
    let key = lab.path(key).display().to_string();
    for target in [
        "../../../cluster.secret",
        "../../../secret.j2",
        "../../../secret64.j2",
        "../../../key.j2",
        &key,
        "/proc/self/environ",
        "/etc/hostname",
        "/dev/zero",
    ] {
        fs::remove_file(&template).unwrap();
        symlink(target, &template).unwrap();
        for command in [
            &["diff", "cluster.toml", "cluster.trees"][..],
            &["check", "cluster.toml"],
            &["build", "cluster.toml", "--at", AT],
        ] {
            refused_without(&lab.run(command), &[SECRET, "PRIVATE KEY", "c0ffee"]);
        }
        assert_eq!(lab.read("cluster.trees/hosts/m1/etc/x/leak.txt"), built, "{target}");
    }
    // A link to a template within the root is one.
    lab.write("shared.j2", "fine");
    fs::remove_file(&template).unwrap();
    symlink("../../../shared.j2", &template).unwrap();
    lab.build();
}

#[test]
fn an_error_in_a_template_shows_nothing_private() {
    let secret = format!("{{{{ unknown }}}}\npkiplan-secret-1 {SECRET}\n");
    let run = with_catalog(&secret).run(&["check", "cluster.toml"]);
    refused_without(&run, &[SECRET, &SECRET[..16]]);
}

#[test]
fn a_catalog_lies_within_the_root() {
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().display().to_string();
    fs::create_dir_all(elsewhere.path().join("components/x")).unwrap();
    fs::write(elsewhere.path().join("components/x/component.toml"), COMPONENT).unwrap();
    fs::write(elsewhere.path().join("components/x/x.j2"), "hushed").unwrap();
    let lab = Lab::written(&PLAN.replace("\"catalog\"", &format!("\"{path}\"")));
    let run = lab.run(&["check", "cluster.toml"]);
    refused_without(&run, &["hushed"]);
    assert!(run.err.contains("it is not below") && run.err.contains("--allow DIR"), "{run:#?}");
    let run = lab.run(&["check", "cluster.toml", "--allow", &path]);
    assert_eq!(run.code, 0, "{run:#?}");
    for root in ["/", "/proc", "/etc", "/home"] {
        lab.write("cluster.toml", &PLAN.replace("\"catalog\"", &format!("\"{root}\"")));
        refused_without(&lab.run(&["check", "cluster.toml"]), &["root:"]);
    }
}

/// The root is the nearest folder above that says so.
#[test]
fn roots_are_found() {
    let lab = Lab::empty();
    fs::create_dir_all(lab.path("fleet/clusters")).unwrap();
    lab.write("fleet/platform.toml", "format = 1\n[authority.a]\n");
    lab.write(
        "fleet/clusters/a.toml",
        "format = 1\n[import.platform]\nplan = \"../platform.toml\"\n[authority.b]\n",
    );
    let check = |more: &[&str]| lab.run(&[&["check", "fleet/clusters/a.toml"], more].concat());
    assert!(check(&[]).err.contains("it is not below"), "{:#?}", check(&[]));
    assert_eq!(check(&["--root", "fleet"]).code, 0);
    assert!(check(&["--root", "fleet/clusters"]).err.contains("it is not below"));
    for sign in ["fleet/pkiplan.root", "fleet/.git"] {
        lab.write(sign, "");
        assert_eq!(check(&[]).code, 0, "{sign}");
        lab.remove(sign);
    }
    let run = check(&["--root", "nowhere"]);
    assert!(run.code == 1 && run.err.contains("--root"), "{run:#?}");
}
