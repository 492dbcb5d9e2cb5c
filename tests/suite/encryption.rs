//! Encryption at rest, turned on, changed and turned off in commits.

use crate::support::Lab;

const CONFIGURATION: &str = "cluster.trees/hosts/master01/etc/kubernetes/encryption-configuration.yaml";
const GENERATIONS: &str = "# generations";

/// A plan whose keyring says which generations there are.
fn lab(generations: &str) -> Lab {
    let lab = Lab::of("high-availability");
    lab.append(&format!("\n[keyring.encryption]\n{GENERATIONS}\n"));
    say(&lab, generations);
    lab
}

fn say(lab: &Lab, generations: &str) {
    let plan = lab.read("cluster.toml");
    let start = plan.find("[keyring.encryption]\n").unwrap() + "[keyring.encryption]\n".len();
    let end = start + plan[start..].find('\n').unwrap();
    let line = if generations.is_empty() {
        GENERATIONS.to_owned()
    } else {
        format!("generations = {{ {generations} }}")
    };
    lab.write("cluster.toml", &format!("{}{line}{}", &plan[..start], &plan[end..]));
}

/// The providers in their order, each with the names of its keys.
fn providers(lab: &Lab) -> Vec<String> {
    let text = lab.read(CONFIGURATION);
    let lines = text.lines().filter_map(|line| {
        let line = line.trim_start_matches(['-', ' ']);
        let named = line.strip_prefix("name: ").map(str::to_owned);
        named.or_else(|| {
            ["identity", "secretbox"].into_iter().find(|word| line.starts_with(word)).map(str::to_owned)
        })
    });
    lines.collect()
}

/// Builds with other generations: what the API servers then have.
fn step(lab: &Lab, generations: &str) -> Vec<String> {
    say(lab, generations);
    lab.build();
    providers(lab)
}

/// Refused, with the code and the step that comes first.
fn refused(lab: &Lab, generations: &str, code: &str, first: &str) {
    let before = lab.read("cluster.toml");
    say(lab, generations);
    let at = ["--at", crate::support::AT];
    for command in [&["check"][..], &["lock", at[0], at[1]], &["build", at[0], at[1]]] {
        let run = lab.run(&[command, &["cluster.toml"]].concat());
        assert_eq!(run.code, 1, "{generations}: {run:#?}");
        let err = run.err.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(err.contains(code) && err.contains(first), "{generations}: {err}");
    }
    lab.write("cluster.toml", &before);
}

#[test]
fn on_and_off_again() {
    let lab = lab("use = \"identity\", trust = [\"identity\"]");
    lab.build();
    assert_eq!(providers(&lab), ["identity"]);
    // Nobody could read what the first API server encrypts.
    let first = "generations = { use = \"identity\", trust = [\"identity\", 1] }";
    refused(&lab, "use = 1, trust = [\"identity\", 1]", "decide::early-use", first);
    refused(
        &lab,
        "use = 1, trust = [1]",
        "decide::early-drop",
        "generations = { use = 1, trust = [\"identity\", 1] }",
    );
    let on = "use = \"identity\", trust = [\"identity\", 1]";
    assert_eq!(step(&lab, on), ["identity", "secretbox", "key1"]);
    refused(
        &lab,
        "use = 1, trust = [1]",
        "decide::early-drop",
        "generations = { use = 1, trust = [\"identity\", 1] }",
    );
    assert_eq!(step(&lab, "use = 1, trust = [\"identity\", 1]"), ["secretbox", "key1", "identity"]);
    // The usual two numbers would drop plain text by the way.
    refused(
        &lab,
        "use = 1, trust = [1, 2]",
        "decide::early-drop",
        "generations = { use = 1, trust = [\"identity\", 1, 2] }",
    );
    assert_eq!(step(&lab, "use = 1, trust = [1]"), ["secretbox", "key1"]);
    // And back.
    refused(&lab, on, "decide::early-use", "generations = { use = 1, trust = [\"identity\", 1] }");
    assert_eq!(step(&lab, "use = 1, trust = [\"identity\", 1]"), ["secretbox", "key1", "identity"]);
    refused(&lab, "use = \"identity\", trust = [\"identity\"]", "decide::early-drop", on);
    assert_eq!(step(&lab, on), ["identity", "secretbox", "key1"]);
    assert_eq!(step(&lab, "use = \"identity\", trust = [\"identity\"]"), ["identity"]);
    // The same bytes with the lock alone.
    let run = lab.run(&["build", "--locked", "cluster.toml"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
}

/// Who never names plain text has it read, as before plans could name it.
#[test]
fn without_a_word_plain_text_is_read() {
    let lab = lab("");
    lab.build();
    assert_eq!(providers(&lab), ["secretbox", "key1", "identity"]);
    assert_eq!(step(&lab, "use = 1, trust = [1, 2]"), ["secretbox", "key1", "key2", "identity"]);
    assert_eq!(step(&lab, "use = 2, trust = [1, 2]"), ["secretbox", "key2", "key1", "identity"]);
    assert_eq!(step(&lab, "use = 2, trust = [2]"), ["secretbox", "key2", "identity"]);
    assert!(!lab.read("cluster.lock").contains("plain-text"));
    // Once it is named, a list without it drops it.
    assert_eq!(step(&lab, "use = 2, trust = [\"identity\", 2]"), ["secretbox", "key2", "identity"]);
    assert_eq!(step(&lab, "use = 2, trust = [2]"), ["secretbox", "key2"]);
}

/// A keyring that comes to a cluster that runs, and one that goes, meet data that is stored already.
#[test]
fn a_keyring_comes_and_goes() {
    let lab = Lab::built("high-availability");
    let plan = lab.read("cluster.toml");
    let with = |generations: &str| {
        let keyring = "[keyring.second]\nkind = \"encryption\"";
        lab.write("cluster.toml", &format!("{plan}\n{keyring}\ngenerations = {{ {generations} }}\n"));
    };
    let refused = |what: &str, code: &str| {
        let run = lab.run(&["build", "cluster.toml", "--at", crate::support::AT]);
        assert_eq!(run.code, 1, "{what}: {run:#?}");
        assert!(run.err.contains(code), "{what}: {}", run.err);
    };
    with("use = 1, trust = [1]");
    refused("comes", "decide::early-use");
    with("use = \"identity\", trust = [\"identity\", 1]");
    lab.build();
    with("use = 1, trust = [\"identity\", 1]");
    lab.build();
    lab.write("cluster.toml", &plan);
    refused("goes", "decide::early-drop");
    with("use = \"identity\", trust = [\"identity\", 1]");
    lab.build();
    lab.write("cluster.toml", &plan);
    lab.build();
}

#[test]
fn identity_is_for_keys_that_encrypt() {
    let lab = Lab::of("high-availability");
    lab.append("\n[keyring.service-account]\ngenerations = { use = 1, trust = [\"identity\", 1] }\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("resolve::generation-order") && run.err.contains("only keys that encrypt"),
        "{}",
        run.err
    );
}

#[test]
fn diff_says_what_is_stored_in_another_way() {
    let lab = lab("use = \"identity\", trust = [\"identity\", 1]");
    lab.build();
    lab.shell("cp cluster.toml before.toml && cp cluster.lock before.lock");
    say(&lab, "use = 1, trust = [\"identity\", 1]");
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--at", crate::support::AT]);
    let out = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        out.contains("writes from now on is encrypted with generation 1, no longer plain text"),
        "{run:#?}"
    );
}
