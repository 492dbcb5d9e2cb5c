//! What commands say at their end, to machines, and at narrow terminals.

use crate::support::{EPOCH, Lab};

/// The last line of what a command says, where that is the next step.
fn next(lab: &Lab, command: &str) -> Option<String> {
    let words: Vec<&str> = command.split(' ').collect();
    let run = lab.run_with(&words, &[("SOURCE_DATE_EPOCH", EPOCH)]);
    assert!(run.code < 4, "{command}: {run:#?}");
    for other in [&["--quiet"][..], &["--format", "json"]] {
        let lab = copy(lab);
        let run = lab.run_with(&[&words[..], other].concat(), &[("SOURCE_DATE_EPOCH", EPOCH)]);
        assert!(!run.out.contains("next: ") && !run.err.contains("next: "), "{command} {other:?}: {run:#?}");
    }
    run.out.lines().last()?.strip_prefix("next: ").map(str::to_owned)
}

/// The same folder once more.
fn copy(lab: &Lab) -> Lab {
    let other = Lab::empty();
    assert_eq!(other.shell(&format!("cp -a {}/. .", lab.path("").display())).code, 0);
    other
}

#[test]
fn every_step_names_the_next() {
    let lab = Lab::bare("single");
    lab.write("fresh.toml", &lab.read("cluster.toml"));
    let name = "\n[component.kube-apiserver]\nnames.add = [\"api.internal\"]\n";
    lab.write("more.toml", &format!("{}{name}", lab.read("cluster.toml")));
    for (command, expected) in [
        ("check cluster.toml", Some("pkiplan build cluster.toml")),
        ("secret new fresh.toml", Some("pkiplan build fresh.toml")),
        ("lock cluster.toml --check", Some("pkiplan lock cluster.toml")),
        ("lock cluster.toml", Some("pkiplan secret new cluster.toml")),
        ("lock cluster.toml", None),
        ("secret new cluster.toml", Some("pkiplan build cluster.toml")),
        ("build cluster.toml", Some("pkiplan verify cluster.toml --trees cluster.trees")),
        ("build cluster.toml", None),
        ("verify cluster.toml", Some("pkiplan build cluster.toml")),
        (
            "verify cluster.toml --trees cluster.trees",
            Some("rsync -rlpc --itemize-changes cluster.trees/hosts/solo/ root@10.112.0.11:/"),
        ),
        ("applied cluster.toml", Some("git add cluster.applied")),
        ("status cluster.toml", None),
        ("status cluster.toml --within 2y", Some("pkiplan renew cluster.toml --within 2y")),
        ("diff cluster.toml cluster.toml", None),
        ("diff more.toml cluster.toml", Some("pkiplan build more.toml")),
        ("verify more.toml --base cluster.toml", Some("pkiplan build more.toml")),
        ("renew cluster.toml user.admin --at 2026-12-01T00:00:00Z", Some("pkiplan build cluster.toml")),
    ] {
        assert_eq!(next(&lab, command).as_deref(), expected, "{command}");
    }
    lab.write("my plan.toml", &lab.read("cluster.toml"));
    let run = lab.run(&["check", "my plan.toml"]);
    assert!(run.out.ends_with("\nnext: pkiplan build 'my plan.toml'\n"), "{run:#?}");
    // Where something is wrong, what mends it comes first.
    lab.append("[user.eve]\n");
    assert_eq!(next(&lab, "check cluster.toml"), None);
}

#[test]
fn a_proof_that_fails_leads_to_what_mends_it() {
    let lab = Lab::bare("single");
    lab.append("\n[component.kube-apiserver]\nflags.set.etcd-cafile = { value = \"/etc/kubernetes/pki/ca.crt\", override = true }\n");
    let run = lab.run_with(&["verify"], &[("SOURCE_DATE_EPOCH", EPOCH)]);
    assert!(run.code == 1 && run.out.ends_with("\nnext: pkiplan verify cluster.toml --fix\n"), "{run:#?}");
}

/// A message outside of any plan is JSON where JSON is wanted, on standard output and nowhere else.
#[test]
fn machines_get_errors_as_they_get_answers() {
    let lab = Lab::built("single");
    for (command, said) in [
        ("check", "there is no plan in empty"),
        ("build cluster.toml --at tomorrow", "--at: "),
        ("show cluster.toml node sol", "the plan has no node `sol`; did you mean `solo`?"),
        ("secret check cluster.toml", "cluster.toml"),
        ("lint nowhere --plan empty", "there is no plan in empty"),
        ("import nowhere --plan cluster.toml", "nowhere"),
        ("git check", "not in a git repository"),
        ("diff cluster.toml nowhere", "nowhere"),
    ] {
        std::fs::create_dir_all(lab.path("empty")).unwrap();
        let command = if command == "check" { "check empty" } else { command };
        let words: Vec<&str> = command.split(' ').collect();
        let run = lab.run(&[&words[..], &["--format", "json"]].concat());
        let answer: serde_json::Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{command}: {run:#?}"));
        let error = answer["error"].as_str().unwrap_or_else(|| panic!("{command}: {run:#?}"));
        assert!(error.contains(said) && run.err.is_empty() && run.code > 0, "{command}: {run:#?}");
    }
}

#[test]
fn a_checked_secret_for_machines() {
    let lab = Lab::built("single");
    let json = |arguments: &[&str]| -> serde_json::Value {
        let run = lab.run(&[&["secret", "check", "cluster.secret", "--format", "json"], arguments].concat());
        serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"))
    };
    assert!(json(&[])["identity"].is_string());
    let proven = json(&["--plan", "."]);
    assert_eq!(
        (&proven["lock"], &proven["secret"], &proven["epoch"]),
        (&"cluster.lock".into(), &"default".into(), &1.into())
    );
    assert!(proven["keys"].as_u64().unwrap() > 2, "{proven}");
}

/// Reports are as wide as the terminal, and have colours only where it takes them.
#[test]
fn the_terminal_says_how_wide_and_how_bright() {
    let lab = Lab::bare("single");
    lab.edit("service-cidrs = [\"10.96.0.0/16\"]", "");
    let run = |script: &str| {
        let script =
            format!("env -u COLUMNS -u NO_COLOR TERM=xterm script -qec '{script}' /dev/null </dev/null");
        lab.shell(&script).out.replace('\r', "")
    };
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    let (narrow, wide) = (
        run("stty rows 24 cols 64; $PKIPLAN --color never check"),
        run("stty rows 24 cols 140; $PKIPLAN --color never check"),
    );
    assert!(widest(&narrow) <= 64 && widest(&wide) > 100 && widest(&wide) <= 140, "{narrow}\n{wide}");
    let is_bright = |text: &str| text.contains('\u{1b}');
    assert!(is_bright(&run("$PKIPLAN check")));
    assert!(!is_bright(&run("TERM=dumb $PKIPLAN check")) && !is_bright(&run("NO_COLOR=1 $PKIPLAN check")));
    assert!(!is_bright(&run("TERM=dumb $PKIPLAN --help")));
}

/// Commands that messages propose name the plan, whatever it is called.
#[test]
fn proposed_commands_name_the_plan() {
    let lab = Lab::built("single");
    for end in ["toml", "lock", "secret", "certs", "trees"] {
        std::fs::rename(lab.path(&format!("cluster.{end}")), lab.path(&format!("prod.{end}"))).unwrap();
    }
    let late = [("SOURCE_DATE_EPOCH", "1830000000")];
    let run = lab.run_with(&["check", "prod.toml"], &late);
    assert!(run.err.contains("`pkiplan renew prod.toml`") && !run.err.contains("PLAN"), "{run:#?}");
    let run = lab.run_with(&["check", "prod.toml", "--format", "json"], &late);
    assert!(run.out.contains("`pkiplan renew prod.toml`") && !run.out.contains("PLAN"), "{run:#?}");
    let run = lab.run(&["check", "--explain", "foo"]);
    assert_eq!(
        run.err,
        "error: there is no code `foo`; each message begins with its code, for example `resolve::unknown-role`\n"
    );
}
