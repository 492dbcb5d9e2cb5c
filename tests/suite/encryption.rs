//! Encryption at rest, turned on, changed and turned off in commits.

use crate::support::Lab;

const CONFIGURATION: &str = "cluster.trees/hosts/master01/etc/kubernetes/encryption-configuration.yaml";
const GENERATIONS: &str = "# generations";

/// A plan whose keyring says which generations there are.
fn lab(generations: &str) -> Lab {
    let lab = Lab::of("ha");
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
    let lab = Lab::built("ha");
    // A component of the plan's own reads it.
    lab.edit("format = 1\n", "format = 1\ncatalog = \"catalog\"\n");
    std::fs::create_dir_all(lab.path("catalog/components/vault")).unwrap();
    let component = "[component]\nname = \"vault\"\nplace = \"role:etcd\"\n\n[file.keys]\nwhen = \"'second' in cluster.name\"\n\
                     yaml = \"{{ keyring.second.keys }}\"\n";
    lab.write("catalog/components/vault/component.toml", component);
    lab.append("\n[component.vault]\n");
    lab.build();
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
    let lab = Lab::of("ha");
    lab.append("\n[keyring.service-account]\ngenerations = { use = 1, trust = [\"identity\", 1] }\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains("resolve::generation-order") && run.err.contains("only encryption keys can have"),
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
    assert!(out.contains("writes data encrypted with generation 1, no longer plain text"), "{run:#?}");
}

/// Another provider is another generation, and rotates as one.
#[test]
fn a_provider_belongs_to_its_generation() {
    let lab = lab("use = 1, trust = [1]");
    lab.append("provider.2 = \"aescbc\"\n");
    lab.build();
    let kinds = |lab: &Lab| -> Vec<String> {
        let text = lab.read(CONFIGURATION);
        let lines = text.lines().map(|line| line.trim_start_matches(['-', ' ']).trim_end_matches(':'));
        lines.filter(|line| ["aescbc", "secretbox"].contains(line)).map(str::to_owned).collect()
    };
    step(&lab, "use = 1, trust = [1, 2]");
    assert_eq!(kinds(&lab), ["secretbox", "aescbc"]);
    step(&lab, "use = 2, trust = [1, 2]");
    assert_eq!(kinds(&lab), ["aescbc", "secretbox"]);
    assert!(lab.read("cluster.lock").contains("provider = { 2 = \"aescbc\" }\n"));
    let plan = lab.read("cluster.toml");
    for (line, says) in [
        ("provider.2 = \"aesgcm\"\n", "`keyring.encryption/2` would encrypt differently"),
        ("", "`keyring.encryption/2` would encrypt differently"),
        ("provider.2 = \"des\"\n", "keys for this provider cannot be derived"),
        ("provider.first = \"aescbc\"\n", "`first` is not a generation"),
    ] {
        lab.write("cluster.toml", &plan.replace("provider.2 = \"aescbc\"\n", line));
        let run = lab.run(&["lock", "cluster.toml", "--at", crate::support::AT]);
        assert_eq!(run.code, 1, "{line}: {run:#?}");
        assert!(run.err.contains(says), "{line}: {}", run.err);
    }
}

#[test]
fn other_resources_wait_until_no_key_is_in_use() {
    let lab = lab("use = 1, trust = [\"identity\", 1]");
    lab.build();
    lab.append("resources = [\"secrets\", \"configmaps\"]\n");
    let first = "generations = { use = \"identity\", trust = [\"identity\", 1] }";
    refused(&lab, "use = 1, trust = [\"identity\", 1]", "decide::early-use", first);
    let with = lab.read("cluster.toml");
    lab.write("cluster.toml", &with.replace("resources = [\"secrets\", \"configmaps\"]\n", ""));
    step(&lab, "use = \"identity\", trust = [\"identity\", 1]");
    lab.append("resources = [\"secrets\", \"configmaps\"]\n");
    lab.build();
    step(&lab, "use = 1, trust = [\"identity\", 1]");
    assert!(lab.read(CONFIGURATION).contains("- configmaps\n"), "{}", lab.read(CONFIGURATION));
    let run = lab.run(&["build", "--locked", "cluster.toml"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
}

#[test]
fn resources_are_names() {
    for (line, says) in
        [("resources = [\"Secrets\"]", "`Secrets` is not a resource"), ("resources = []", "encrypts nothing")]
    {
        let lab = lab("");
        lab.append(&format!("{line}\n"));
        let run = lab.run(&["check", "cluster.toml"]);
        assert_eq!(run.code, 1, "{line}");
        assert!(run.err.contains(says), "{line}: {}", run.err);
    }
    let lab = Lab::of("ha");
    lab.append("\n[keyring.service-account]\nresources = [\"secrets\"]\nprovider.1 = \"aescbc\"\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(
        run.err.contains("`resources` has no effect") && run.err.contains("`provider` has no effect"),
        "{}",
        run.err
    );
}

const KMS: &str =
    "provider.2 = { kms = \"vault\", endpoint = \"unix:///run/kms/vault.sock\", timeout = \"5s\" }\n";

/// A plugin is a generation as any other: accepted, used, and its key stays where it is.
#[test]
fn a_plugin_encrypts() {
    let lab = lab("use = 1, trust = [1]");
    lab.append(KMS);
    lab.build();
    assert_eq!(providers(&lab), ["secretbox", "key1", "identity"]);
    refused(
        &lab,
        "use = 2, trust = [1, 2]",
        "decide::early-use",
        "generations = { use = 1, trust = [1, 2] }",
    );
    step(&lab, "use = 1, trust = [1, 2]");
    assert_eq!(step(&lab, "use = 2, trust = [1, 2]"), ["vault", "secretbox", "key1", "identity"]);
    step(&lab, "use = 2, trust = [2]");
    let text = lab.read(CONFIGURATION);
    let read: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    let kms = serde_json::json!({
        "kms": { "apiVersion": "v2", "name": "vault", "endpoint": "unix:///run/kms/vault.sock", "timeout": "5s" }
    });
    let plain = serde_json::json!({ "identity": {} });
    assert_eq!(read["resources"][0]["providers"], serde_json::json!([kms, plain]), "{text}");
    // Another plugin would not read it.
    lab.edit("kms = \"vault\"", "kms = \"other\"");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("lock::generation"), "{run:#?}");
    lab.edit("kms = \"other\"", "kms = \"vault\"");
    // Where it listens is another matter.
    lab.edit("/run/kms/vault.sock", "/run/kms2/vault.sock");
    lab.build();
    assert!(lab.read(CONFIGURATION).contains("unix:///run/kms2/vault.sock"));
    let run = lab.run(&["show", "cluster.toml"]);
    assert!(run.out.contains("the KMS plugin `vault`"), "{run:#?}");
}

/// A static pod reaches the plugin's socket.
#[test]
fn a_socket_is_mounted_into_pods() {
    let lab = Lab::of("kubeadm");
    lab.append(&format!("\n[keyring.encryption]\n{KMS}generations = {{ use = 2, trust = [2] }}\n"));
    lab.build();
    let pod = lab.read("cluster.trees/hosts/master1/etc/kubernetes/manifests/kube-apiserver.yaml");
    let pod: serde_json::Value = serde_saphyr::from_str(&pod).unwrap();
    let mounts = pod["spec"]["containers"][0]["volumeMounts"].as_array().unwrap().clone();
    let mount = mounts.iter().find(|mount| mount["mountPath"] == "/run/kms").unwrap();
    assert_eq!(mount.get("readOnly"), None);
}

#[test]
fn what_no_plugin_has_is_refused() {
    for (provider, words) in [
        ("{ kms = \"a:b\", endpoint = \"unix:///run/kms\" }", "is not the name of a KMS plugin"),
        ("{ kms = \"a\", endpoint = \"tcp://127.0.0.1:9\" }", "is not the socket of a KMS plugin"),
        ("{ kms = \"a\" }", "needs `endpoint`"),
        ("{ kms = \"a\", endpoint = \"unix:///run/kms\", cachesize = 1 }", "unknown key `cachesize`"),
        ("{ kms = \"a\", endpoint = \"unix:///run/kms\", timeout = \"3\" }", "resolve::bad-duration"),
        ("\"kms\"", "needs a name and a socket"),
        ("\"des\"", "keys for this provider cannot be derived"),
    ] {
        let lab = Lab::of("ha");
        lab.append(&format!("\n[keyring.encryption]\nprovider.1 = {provider}\n"));
        let run = lab.run(&["check", "cluster.toml"]);
        assert!(run.code == 1 && run.err.contains(words), "{provider}: {}", run.err);
    }
    let two = "provider.1 = { kms = \"a\", endpoint = \"unix:///a\" }\nprovider.2 = { kms = \"a\", endpoint = \"unix:///b\" }";
    let lab = Lab::of("ha");
    lab.append(&format!("\n[keyring.encryption]\n{two}\n"));
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("once more"), "{}", run.err);
}

/// Old API servers have no version 2 of plugins.
#[test]
fn plugins_need_a_version() {
    let lab = Lab::of("ha");
    lab.append(&format!("\n[keyring.encryption]\n{KMS}generations = {{ use = 2, trust = [2] }}\n"));
    lab.edit("version = \"1.36.2\"", "version = \"1.26.0\"");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("only with a feature gate"), "{}", run.err);
}

/// A key that came and goes again without having encrypted anything: nobody has to make sure of it.
#[test]
fn a_first_step_goes_back() {
    let lab = lab("use = \"identity\", trust = [\"identity\"]");
    lab.build();
    let applied = || {
        let run = lab.run(&["applied", "cluster.toml", "--at", crate::support::AT]);
        assert_eq!(run.code, 0, "{run:#?}");
    };
    applied();
    step(&lab, "use = \"identity\", trust = [\"identity\", 1]");
    applied();
    assert!(lab.read("cluster.lock").contains("unused = [1]"));
    lab.shell("cp cluster.toml before.toml && cp cluster.lock before.lock");
    assert_eq!(step(&lab, "use = \"identity\", trust = [\"identity\"]"), ["identity"]);
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--at", crate::support::AT]);
    assert!(!run.out.contains("can no longer be read"), "{run:#?}");
    // What was in use needs somebody who has looked.
    step(&lab, "use = \"identity\", trust = [\"identity\", 2]");
    applied();
    step(&lab, "use = 2, trust = [\"identity\", 2]");
    applied();
    assert!(!lab.read("cluster.lock").contains("unused"));
    step(&lab, "use = \"identity\", trust = [\"identity\", 2]");
    applied();
    say(&lab, "use = \"identity\", trust = [\"identity\"]");
    let run = lab.run(&["lock", "cluster.toml", "--at", crate::support::AT]);
    assert!(run.code == 1 && run.err.contains("nobody has confirmed"), "{run:#?}");
}

/// The flag goes only after encryption is turned off.
#[test]
fn the_flag_goes_last() {
    let gone = "\n[component.kube-apiserver]\nflags.set = { encryption-provider-config = { value = \"\", override = true } }\n";
    let lab = lab("use = 1, trust = [\"identity\", 1]");
    lab.append(gone);
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(
        run.code == 1 && run.err.contains("expand::cannot-work") && run.err.contains("turn encryption off"),
        "{run:#?}"
    );
    say(&lab, "use = \"identity\", trust = [\"identity\"]");
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 0, "{run:#?}");
}
