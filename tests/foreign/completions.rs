//! What shells offer where somebody presses Tab, by the shells themselves.

use std::process::Command;

use crate::support::Lab;

/// A folder with a plan that was never built, and the program on its path.
fn lab() -> Lab {
    let lab = Lab::bare("ha");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pkiplan"), lab.path("pkiplan")).unwrap();
    lab
}

fn answer(lab: &Lab, shell: &str, arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(shell);
    let path = format!("{}:{}", lab.path("").display(), std::env::var("PATH").unwrap());
    command.current_dir(lab.path("")).env("PATH", path).env("HOME", lab.path("")).args(arguments);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.is_empty(), "{shell}: {said}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// What bash takes a line for: it parts words at blanks, and at `:` and `=`.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let part = |c: char| c == ':' || c == '=';
    for c in line.chars() {
        let last = words.last_mut().unwrap();
        match c {
            ' ' if last.is_empty() => {}
            ' ' => words.push(String::new()),
            c if last.is_empty() || last.chars().all(part) == part(c) => last.push(c),
            c => words.push(c.to_string()),
        }
    }
    words
}

/// The line as bash has it after Tab, for each candidate.
fn bash(lab: &Lab, line: &str) -> Vec<String> {
    let words = words(line);
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let current = words.last().unwrap();
    let current = if current.chars().all(|c| c == ':' || c == '=') { "" } else { current };
    let script = format!(
        "source <(COMPLETE=bash pkiplan)\nCOMP_LINE='{line}' COMP_POINT={} COMP_CWORD={} COMP_TYPE=9\n\
         COMP_WORDS=({})\n_pkiplan_complete pkiplan '{current}' ''\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
        line.len(),
        words.len() - 1,
        quoted.join(" ")
    );
    let before = line.strip_suffix(current).unwrap();
    let found = answer(lab, "bash", &["--norc", "--noprofile", "-c", &script]);
    found.into_iter().filter(|word| !word.is_empty()).map(|word| format!("{before}{word}")).collect()
}

#[test]
fn bash_offers_what_the_plan_has() {
    let lab = lab();
    let found = bash(&lab, "pkiplan show cluster.toml certificate node.master01/kubelet");
    assert_eq!(
        found,
        [
            "pkiplan show cluster.toml certificate node.master01/kubelet-client",
            "pkiplan show cluster.toml certificate node.master01/kubelet-serving"
        ]
    );
    let found = bash(&lab, "pkiplan renew cluster.toml user.");
    assert_eq!(
        found,
        ["pkiplan renew cluster.toml user.admin", "pkiplan renew cluster.toml user.super-admin"]
    );
    for (line, wanted) in [
        ("pkiplan explain cluster.endp", "pkiplan explain cluster.endpoint"),
        ("pkiplan explain resolve::unknown-vi", "pkiplan explain resolve::unknown-vip"),
        ("pkiplan explain resolve:", "pkiplan explain resolve::unknown-vip"),
        ("pkiplan explain kubelet.ident", "pkiplan explain kubelet.identity"),
        ("pkiplan check --explain verify::na", "pkiplan check --explain verify::name-missing"),
        ("pkiplan diff cluster.toml --host mas", "pkiplan diff cluster.toml --host master02"),
        ("pkiplan diff cluster.toml --host=mas", "pkiplan diff cluster.toml --host=master02"),
        ("pkiplan diff cluster.toml --only ", "pkiplan diff cluster.toml --only certificates"),
        ("pkiplan show cluster.toml node ", "pkiplan show cluster.toml node node01"),
        ("pkiplan show cluster.toml component ku", "pkiplan show cluster.toml component kubelet"),
        ("pkiplan catalog show hi", "pkiplan catalog show high-availability"),
        ("pkiplan catalog show --source layouts/s", "pkiplan catalog show --source layouts/ssl.toml"),
        ("pkiplan che", "pkiplan check"),
        ("pkiplan check clus", "pkiplan check cluster.toml"),
    ] {
        let found = bash(&lab, line);
        assert!(found.iter().any(|one| one == wanted), "{line}: {found:?}");
    }
}

/// Of a broken plan nothing is offered, and nothing is said; names that a shell would run are not offered.
#[test]
fn nothing_is_said_and_nothing_hostile_is_offered() {
    let lab = lab();
    lab.edit("[node.master02]", "[node.\"$(touch pwned)\"]");
    let found = bash(&lab, "pkiplan show cluster.toml node ");
    assert!(found.iter().all(|one| !one.contains('$')), "{found:?}");
    lab.write("cluster.toml", "format = 1\n[cluster\n");
    assert_eq!(bash(&lab, "pkiplan show cluster.toml certificate node"), [""; 0]);
    lab.remove("cluster.toml");
    assert_eq!(bash(&lab, "pkiplan renew cluster.toml user"), [""; 0]);
    // A variable that somebody else sets means nothing.
    let said = answer(&lab, "bash", &["-c", "COMPLETE=1 pkiplan --version; COMPLETE= pkiplan --version"]);
    assert_eq!(said.len(), 2, "{said:?}");
}

/// What files are called is an argument, whatever it is, and no pattern of others.
#[test]
fn names_of_files_are_quoted() {
    let lab = lab();
    let hostile = [
        "x$(touch pwned).toml",
        "x$HOME.toml",
        "x;touch pwned;.toml",
        "x`touch pwned`.toml",
        "x*.toml",
        "x y'z.toml",
    ];
    for name in hostile {
        lab.write(name, "");
    }
    let mut found: Vec<String> = bash(&lab, "pkiplan check x")
        .iter()
        .map(|line| {
            answer(&lab, "bash", &["-c", &format!("set -- {line}; printf '%s\\n' \"$#\" \"$3\"")]).join(" ")
        })
        .collect();
    found.sort();
    let mut expected = hostile.map(|name| format!("3 {name}"));
    expected.sort();
    assert_eq!(found, expected);
    assert!(!lab.path("pwned").exists());
}

/// The program may lie anywhere.
#[test]
fn its_own_path_is_not_changed() {
    let lab = lab();
    std::fs::create_dir(lab.path("VAR COMPLETER BIN's")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pkiplan"), lab.path("VAR COMPLETER BIN's/pkiplan"))
        .unwrap();
    let script = "COMPLETE=bash \"./VAR COMPLETER BIN's/pkiplan\"";
    let registered = answer(&lab, "bash", &["-c", script]);
    let call = r"VAR COMPLETER BIN'\''s/pkiplan' -- ";
    assert!(
        registered.iter().any(|line| line.contains("COMPLETE=bash '") && line.contains(call)),
        "{registered:?}"
    );
    assert_eq!(answer(&lab, "bash", &["-c", &format!("source <({script})")]), [""; 0]);
}

/// A plan with a catalog folder of its own, whose component has a title that would command a terminal.
fn with_catalog() -> Lab {
    let lab = Lab::empty();
    crate::support::page::write(lab.path("").as_path());
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pkiplan"), lab.path("pkiplan")).unwrap();
    let file = "catalog/components/nats/component.toml";
    let text = lab.read(file);
    assert_eq!(text.matches("\"NATS server\"").count(), 1);
    lab.write(file, &text.replace("\"NATS server\"", "\"NATS\\u001b]0;a\\nserver\""));
    lab
}

#[test]
fn titles_are_one_line_of_text() {
    let lab = with_catalog();
    let script = "COMPLETE=fish pkiplan | source; complete --do-complete 'pkiplan catalog show --plan streams.toml nat'";
    let found = answer(&lab, "fish", &["--no-config", "-c", script]);
    assert!(found.len() == 1 && found[0].starts_with("nats\tNATS"), "{found:?}");
    assert!(!found[0].contains('\u{1b}') && found[0].ends_with("server"), "{found:?}");
}

/// What is offered is accepted: these commands know the catalog of a plan only behind `--plan`.
#[test]
fn catalogs_of_plans_count_where_they_are_named() {
    let lab = with_catalog();
    lab.write("cluster.toml", &lab.read("streams.toml"));
    for (line, is_known) in [
        ("pkiplan explain nat", false),
        ("pkiplan explain --plan streams.toml nat", true),
        ("pkiplan explain --plan=streams.toml nat", true),
        ("pkiplan explain --plan . nat", true),
        ("pkiplan catalog show nat", false),
        ("pkiplan catalog --plan streams.toml show nat", true),
    ] {
        let found = bash(&lab, line);
        assert_eq!(found.contains(&format!("{line}s")), is_known, "{line}: {found:?}");
    }
    assert_eq!(bash(&lab, "pkiplan explain --plan nowhere.toml etc"), [""; 0]);
}

#[test]
fn fish_offers_it_too() {
    let lab = lab();
    let fish = |line: &str| {
        let script = format!("COMPLETE=fish pkiplan | source; complete --do-complete '{line}'");
        answer(&lab, "fish", &["--no-config", "-c", &script])
    };
    let found = fish("pkiplan show cluster.toml certificate node.master01/etcd-s");
    assert_eq!(found, ["node.master01/etcd-server"]);
    let found = fish("pkiplan explain resolve::unknown-vi");
    assert_eq!(found, ["resolve::unknown-vip"]);
    // With a few words of what it is.
    let found = fish("pkiplan show cluster.toml component etc");
    assert_eq!(found, ["etcd\tetcd"]);
}

#[test]
fn zsh_offers_it_too() {
    let lab = lab();
    // What the function hands to zsh, without a terminal.
    let script = "compdef() { : }; _describe() { local -a found; found=(${(P)4-${(P)3}}); print -l -- $found }\n\
        source <(COMPLETE=zsh pkiplan)\nwords=(pkiplan show cluster.toml certificate node.master01/etcd-s) CURRENT=5\n\
        _clap_dynamic_completer_pkiplan";
    let found = answer(&lab, "zsh", &["-f", "-c", script]);
    assert!(found.iter().any(|one| one == "node.master01/etcd-server"), "{found:?}");
}

/// A plan of ten thousand hosts answers while somebody waits.
#[test]
fn large_plans_answer() {
    let lab = Lab::bare("ten-thousand");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pkiplan"), lab.path("pkiplan")).unwrap();
    let begun = std::time::Instant::now();
    let found = bash(&lab, "pkiplan show cluster.toml certificate node.worker-999");
    assert!(found.len() > 5, "{found:?}");
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}
