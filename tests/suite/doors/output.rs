//! Output that is lost is an error; only whoever reads no more is not told.

use crate::support::Lab;

/// Every command, each ending well with something on its standard output.
const COMMANDS: &[&str] = &[
    "--help",
    "--version",
    "applied cluster.toml --at 2026-01-01T00:00:00Z",
    "applied cluster.toml --at 2026-01-01T00:00:00Z --format json",
    "build --help",
    "build cluster.toml --at 2026-01-01T00:00:00Z",
    "build cluster.toml --at 2026-01-01T00:00:00Z --format json",
    "catalog --schema",
    "catalog list",
    "catalog list --format json",
    "catalog show etcd",
    "catalog show etcd --format json",
    "check cluster.toml",
    "check cluster.toml --format json",
    "check --explain read::unknown-key",
    "diff cluster.toml cluster.trees",
    "diff cluster.toml cluster.trees --format json",
    "diff cluster.toml cluster.trees --format markdown",
    "diff cluster.toml cluster.trees --format html",
    "diff cluster.toml --host solo=cluster.trees/hosts/solo",
    "diff cluster.toml --host solo=cluster.trees/hosts/solo --format json",
    "diff cluster.toml --host solo=cluster.trees/hosts/solo --format markdown",
    "diff cluster.toml --host solo=cluster.trees/hosts/solo --format html",
    "explain cluster.endpoint",
    "explain cluster.endpoint --format json",
    "git check",
    "git set-up",
    "graph cluster.toml",
    "graph cluster.toml --format json",
    "init fresh --control-plane a=10.0.0.1",
    "inspect cluster.certs/authority.kubernetes-1.crt",
    "inspect --textconv cluster.certs/authority.kubernetes-1.crt",
    "lint cluster.certs --at 2026-01-02T00:00:00Z",
    "lint cluster.certs --at 2026-01-02T00:00:00Z --format json",
    "lint --rules",
    "lock cluster.toml --at 2026-01-01T00:00:00Z",
    "lock cluster.toml --check --at 2026-01-01T00:00:00Z",
    "renew cluster.toml --at 2026-12-31T00:00:00Z",
    "report cluster.toml --at 2026-01-02T00:00:00Z",
    "schema",
    "schema --catalog layout",
    "secret check cluster.secret --plan cluster.toml",
    "secret check cluster.secret --plan cluster.toml --format json",
    "secret new fresh.toml",
    "secret share cluster.secret --plan cluster.toml",
    "show cluster.toml",
    "show cluster.toml --format json",
    "status cluster.toml --at 2026-01-02T00:00:00Z",
    "status cluster.toml --at 2026-01-02T00:00:00Z --format json",
    "status cluster.toml --at 2026-01-02T00:00:00Z --openmetrics",
    "verify cluster.toml --at 2026-01-02T00:00:00Z",
    "verify cluster.toml --at 2026-01-02T00:00:00Z --format json",
];

fn lab() -> Lab {
    let lab = Lab::built("single");
    lab.write("fresh.toml", &lab.read("cluster.toml"));
    let made = lab.shell("git init -q . && printf '*.secret\\n*.trees/\\n' >.gitignore && git add . && git -c user.name=a -c user.email=a@b commit -qm a");
    assert_eq!(made.code, 0, "{made:#?}");
    lab
}

#[test]
fn a_full_disk_is_an_error_of_every_command() {
    let lab = lab();
    for command in COMMANDS {
        let run = lab.shell(&format!("$PKIPLAN {command} >/dev/full"));
        assert_eq!(run.code, 1, "{command}: {run:#?}");
        assert!(
            run.err.ends_with("cannot write to standard output: No space left on device (os error 28)\n"),
            "{command}: {run:#?}"
        );
        lab.shell("rm -rf fresh.secret fresh; git checkout -q . && git clean -fq .gitattributes");
    }
    let run = lab.shell("$PKIPLAN check nowhere.toml 2>/dev/full");
    assert_eq!(run.code, 1);
}

#[test]
fn a_closed_pipe_is_silent() {
    let lab = lab();
    for command in COMMANDS {
        let run = lab.shell(&format!("{{ $PKIPLAN {command} 3>&-; echo $? >code; }} | true; cat code >&2"));
        assert_eq!(run.err, "0\n", "{command}");
        lab.shell("rm -rf fresh.secret fresh; git checkout -q . && git clean -fq .gitattributes");
    }
}

/// Every command is in the list: a new one is tried, too.
#[test]
fn no_command_is_left_out() {
    let lab = Lab::empty();
    let help =
        |command: &str| lab.run(&[&command.split(' ').collect::<Vec<_>>()[..], &["--help"]].concat()).out;
    let listed = |help: &str| -> Vec<String> {
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let lines = lines.take_while(|line| !line.is_empty());
        lines
            .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned))
            .filter(|word| !word.is_empty())
            .collect()
    };
    let lab_has = |words: &str| COMMANDS.iter().any(|command| command.starts_with(words));
    for command in listed(&lab.run(&["--help"]).out) {
        // They need keys of others, or print a secret.
        if ["help", "import", "join"].contains(&command.as_str()) {
            continue;
        }
        assert!(lab_has(&command), "{command}");
        // What `show` shows comes behind the plan.
        for inner in listed(&help(&command)) {
            let whole = format!("{command} {inner}");
            if command == "show" || ["help", "open", "seal", "merge", "assemble"].contains(&inner.as_str()) {
                continue;
            }
            assert!(lab_has(&whole), "{whole}");
        }
    }
}

/// A clock that was set back would give certificates dates that lie before those that they follow.
#[test]
fn a_clock_of_1970_is_refused() {
    let lab = Lab::built("single");
    let before = lab.state(".");
    let clock = [("SOURCE_DATE_EPOCH", "0")];
    lab.edit("[cluster]", "[cluster]\ndomain = \"other.local\"");
    let plan = lab.read("cluster.toml");
    for arguments in
        [&["renew", "cluster.toml", "user.admin"][..], &["lock", "cluster.toml"], &["build", "cluster.toml"]]
    {
        let run = lab.run_with(arguments, &clock);
        assert!(run.code == 1 && run.out.is_empty(), "{run:#?}");
        assert!(run.err.contains("1970-01-01") || run.err.contains("lock::future"), "{run:#?}");
    }
    let after = lab.state(".");
    let same = before
        .iter()
        .filter(|(path, _)| *path != "cluster.toml")
        .all(|(path, state)| after.get(path) == Some(state));
    assert!(same && after.len() == before.len() && lab.read("cluster.toml") == plan);
}
