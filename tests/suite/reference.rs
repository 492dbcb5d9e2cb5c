//! The reference page is whole, and its examples are true.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::page::{self, PAGE, blocks};

/// The readers' folders in `src/read`.
pub(super) const PLAN: &str = "plan";
const CATALOG: &str = "catalog";
const FILTERS: &str = include_str!("../../src/expression/filters.rs");

/// Which heading of the page describes what a type of the reader reads.
pub(super) const SECTIONS: &[(&str, &str, &str)] = &[
    (PLAN, "Document", "## The file itself"),
    (PLAN, "ImportTable", "## `[import.NAME]`"),
    (PLAN, "ClusterTable", "## `[cluster]`"),
    (PLAN, "BootstrapTable", "## `[bootstrap]`"),
    (PLAN, "NodeTable", "## `[node.NAME]`"),
    (PLAN, "PoolTable", "## `[pool.NAME]`"),
    (PLAN, "VipTable", "## `[vip.NAME]`"),
    (PLAN, "ExternalTable", "## `[external.COMPONENT]`"),
    (PLAN, "AuthorityTable", "## `[authority.NAME]`"),
    (PLAN, "NameConstraintsTable", "### Name constraints"),
    (PLAN, "CrlTable", "### Certificate revocation lists"),
    (PLAN, "RevokedTable", "### Certificate revocation lists"),
    (PLAN, "GenerationsTable", "### Generations"),
    (PLAN, "GrantTable", "## `[grant.NAME]`"),
    (PLAN, "KeyringTable", "## `[keyring.NAME]`"),
    (PLAN, "SecretTable", "## `[secret.NAME]`"),
    (PLAN, "ComponentTable", "## `[component.NAME]`"),
    (PLAN, "UserTable", "## `[user.NAME]`"),
    (PLAN, "FreeCertificateTable", "## `[certificate.NAME]`"),
    (PLAN, "OwnFileTable", "## `[file.NAME]`"),
    (CATALOG, "ComponentDocument", "## `component.toml`"),
    (CATALOG, "SettingTable", "### `[setting]`"),
    (CATALOG, "CertificateTable", "### `[certificate.NAME]`"),
    (CATALOG, "BundleTable", "### `[bundle]`"),
    (CATALOG, "ListenTable", "### `[listen.NAME]`"),
    (CATALOG, "DialTable", "### `[dial]`"),
    (CATALOG, "KubeconfigTable", "### `[kubeconfig]`"),
    (CATALOG, "FileTable", "### `[file.NAME]`"),
    (CATALOG, "StoreTable", "### `[file.NAME]`"),
    (CATALOG, "SensitiveTable", "### `[sensitive.NAME]`"),
    (CATALOG, "RuleTable", "### `[rule.NAME]`"),
    (CATALOG, "PortTable", "### `[port.NAME]`"),
    (CATALOG, "StateTable", "### `[state.NAME]`"),
    (CATALOG, "StepTable", "### `[state.NAME]`"),
    (CATALOG, "ProfileDocument", "## Profiles"),
    (CATALOG, "LayoutDocument", "## Layouts"),
    (CATALOG, "FlagsDocument", "## Flag tables"),
    (CATALOG, "FieldsDocument", "## Tables of fields"),
    (CATALOG, "RolesDocument", "## Roles of files"),
    (CATALOG, "RoleTable", "## Roles of files"),
    (CATALOG, "GroupTable", "## Roles of files"),
];

/// All sources of a folder in `src/read`.
pub(super) fn sources(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The types of a reader's source that read tables, each with its keys.
pub(super) fn readers(source: &str) -> Vec<(&str, Vec<&str>)> {
    let mut all = Vec::new();
    for block in source.split("\nimpl ").skip(1) {
        let body = block.split("\n}").next().unwrap();
        let name = body.split(" {").next().unwrap();
        let Some(read) = body.find("fn read(") else { continue };
        // Every key is the string after the reader or after the table that is read from.
        let mut keys = Vec::new();
        for before in ["reader, \"", "&mut t, \"", "&mut table, \""] {
            let found = body[read..].split(before).skip(1);
            keys.extend(found.map(|rest| rest.split('"').next().unwrap()));
        }
        keys.sort_unstable();
        keys.dedup();
        all.push((name, keys));
    }
    all
}

/// The page from a heading to the next one of the same or a higher level; a `#` in a fence is no heading.
fn section(heading: &str) -> String {
    let level = |line: &str| line.split_once(' ').map_or(0, |(hashes, _)| hashes.len());
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in PAGE.lines() {
        fenced ^= line.starts_with("```");
        let ends = !fenced && line.starts_with('#') && level(line) <= level(heading);
        if line == heading {
            lines.push(line);
        } else if ends && !lines.is_empty() {
            break;
        } else if !lines.is_empty() {
            lines.push(line);
        }
    }
    assert!(!lines.is_empty(), "no heading {heading}");
    lines.join("\n")
}

/// The words of a text that stand in code spans: `generations.use` is two.
fn code_words(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    let spans = lines.flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.flat_map(|s| s.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')).collect()
}

/// A folder with every file that the page gives.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    page::write(folder.path());
    folder
}

fn pkiplan(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
    command.current_dir(folder).args(arguments).args(["--color", "never"]).output().unwrap()
}

#[test]
fn every_key_that_is_read_stands_in_its_section() {
    for folder in [PLAN, CATALOG] {
        let sources = sources(folder);
        let readers = readers(&sources);
        assert!(readers.len() > 9, "{folder}: the test does not understand it any more");
        for (name, keys) in readers {
            let known = SECTIONS.iter().find(|(of, known, _)| *of == folder && *known == name);
            let (_, _, heading) = known.unwrap_or_else(|| panic!("{folder}: no section describes {name}"));
            let section = section(heading);
            let words = code_words(&section);
            assert!(!keys.is_empty(), "{folder}: {name} reads nothing");
            for key in keys {
                assert!(words.contains(&key), "{folder}: `{key}` of {name} is not under {heading}");
            }
        }
    }
}

#[test]
fn every_object_and_filter_is_described() {
    let section = section("## Strings");
    let words = code_words(&section);
    for (object, fields) in pkiplan::catalog::scope_reference() {
        assert!(words.contains(&object.as_str()), "{object}");
        for field in fields {
            assert!(words.contains(&field.as_str()), "{object}.{field}");
        }
    }
    for before in ["add_filter(\"", "add_test(\"", "add_function(\""] {
        for rest in FILTERS.split(before).skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(words.contains(&name), "{name}");
        }
    }
}

#[test]
fn every_code_that_is_mentioned_exists() {
    let codes = PAGE.split('`').skip(1).step_by(2).filter(|span| {
        span.split_once("::").is_some_and(|(module, code)| {
            [module, code].iter().all(|part| part.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        })
    });
    let codes: Vec<_> = codes.collect();
    assert!(codes.len() > 30);
    for code in codes {
        assert!(pkiplan::diagnostics::Code::from_name(code).is_some(), "{code}");
    }
}

#[test]
fn complete_examples_pass_check() {
    let folder = folder();
    let plans = blocks("toml,complete");
    assert_eq!(plans.len(), 4);
    for (name, _) in plans {
        let output = pkiplan(folder.path(), &["check", name]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_component_of_ones_own_makes_what_the_page_says() {
    let folder = folder();
    let output = pkiplan(folder.path(), &["build", "streams.toml", "--at", "2030-01-01T00:00:00Z"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let trees = folder.path().join("streams.trees");
    for host in ["n1", "n2", "n3"] {
        for path in [
            "etc/nats/nats.conf",
            "etc/nats/server.crt",
            "etc/nats/server.key",
            "etc/kubernetes/pki/nats-ca.crt",
            "etc/systemd/system/nats.service",
        ] {
            assert!(trees.join("hosts").join(host).join(path).is_file(), "{host}: {path}");
        }
    }
    assert!(trees.join("users/publisher/tls.key").is_file());
    let configuration = fs::read_to_string(trees.join("hosts/n2/etc/nats/nats.conf")).unwrap();
    assert!(configuration.contains("nats://10.20.0.3:6222"), "{configuration}");
}

/// What Java, haproxy and the cluster want: each file is there, and whatever is private is seen as that.
#[test]
fn stores_pairs_and_secrets_are_made_as_the_page_says() {
    let folder = folder();
    let at = ["--at", "2026-11-01T00:00:00Z"];
    let run = |arguments: &[&str]| {
        let output = pkiplan(folder.path(), arguments);
        let text = [output.stdout.as_slice(), &output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let built = run(&[&["build", "services.toml"], &at[..]].concat());
    assert_eq!(built.0, Some(0), "{}", built.1);
    let trees = folder.path().join("services.trees");
    let read = |path: &str| fs::read(trees.join(path)).unwrap();
    let mode = |path: &str| fs::metadata(trees.join(path)).unwrap().permissions().mode() & 0o777;
    let private = |path: &str| {
        let found = pkiplan::leaks::find(&read(path), &|_| false).found;
        found.iter().map(|leak| leak.what.words()).collect::<Vec<_>>()
    };
    for (path, what) in [
        ("hosts/b1/etc/kafka/server.p12", "a keystore with a private key"),
        ("hosts/f1/etc/haproxy/public.pem", "a private key"),
        ("cluster/admission-objects.yaml", "a private key"),
    ] {
        assert_eq!((mode(path), private(path)), (0o600, vec![what]), "{path}");
    }
    let trust = "hosts/b1/etc/kafka/trust.p12";
    assert_eq!((mode(trust), private(trust)), (0o644, vec![]));
    // One certificate for the cluster lies on no host, whatever hosts there are.
    assert!(!trees.join("hosts/f1/etc/kubernetes/pki/admission-webhook.key").exists());
    let lock = fs::read_to_string(folder.path().join("services.lock")).unwrap();
    assert_eq!(lock.matches("component.admission/webhook").count(), 1, "{lock}");

    // The same inputs give the same bytes, salts too.
    let stores = ["server.p12", "trust.p12"].map(|name| read(&format!("hosts/b1/etc/kafka/{name}")));
    fs::remove_dir_all(&trees).unwrap();
    assert_eq!(run(&["build", "services.toml", "--locked"]).0, Some(0));
    assert_eq!(stores, ["server.p12", "trust.p12"].map(|name| read(&format!("hosts/b1/etc/kafka/{name}"))));
    assert_ne!(stores[0], read("hosts/b2/etc/kafka/server.p12"));

    let proven = run(&[&["verify", "services.toml"], &at[..]].concat());
    assert!(proven.0 == Some(0) && proven.1.contains("2 connections proven"), "{}", proven.1);
    // Without the secret nobody can look into a store; with it nothing differs.
    let said = run(&["diff", "services.toml", "services.trees"]);
    assert!(said.1.contains("comparing 6 files in 2 trees needs the secret"), "{}", said.1);
    let said = run(&["diff", "services.toml", "services.trees", "--with-secret", "--exit-code"]);
    assert_eq!(said.0, Some(0), "{}", said.1);
    let store = trees.join("hosts/b1/etc/kafka/server.p12");
    fs::write(&store, read("hosts/b2/etc/kafka/server.p12")).unwrap();
    let said = run(&["diff", "services.toml", "services.trees", "--with-secret", "--exit-code"]);
    assert!(said.0 != Some(0) && said.1.contains("etc/kafka/server.p12"), "{}", said.1);

    assert_eq!(run(&[&["lint", "services.trees"], &at[..]].concat()).0, Some(0));
    for path in ["cluster/admission-objects.yaml", "hosts/b1/etc/kafka/server.p12"] {
        fs::set_permissions(trees.join(path), fs::Permissions::from_mode(0o644)).unwrap();
        let said = run(&[&["lint", "services.trees"], &at[..]].concat());
        assert!(
            said.0 == Some(1) && said.1.contains("lint::open-key") && said.1.contains(path),
            "{}",
            said.1
        );
        fs::set_permissions(trees.join(path), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// A layout may put certificate and key into one file, and says which comes first.
#[test]
fn a_pair_in_one_file_has_the_order_of_its_layout() {
    let folder = folder();
    let definition = folder.path().join("catalog/components/front/component.toml");
    let text = fs::read_to_string(&definition).unwrap();
    let line = "key = \"/etc/haproxy/public.pem\" }";
    assert_eq!(text.matches(line).count(), 1);
    let first = |what: &str| text.replace(line, &line.replace(" }", &format!(", first = \"{what}\" }}")));
    for (what, expected) in [("certificate", "-----BEGIN CERTIFICATE"), ("key", "-----BEGIN PRIVATE KEY")] {
        fs::write(&definition, first(what)).unwrap();
        let output = pkiplan(folder.path(), &["build", "services.toml", "--at", "2026-11-01T00:00:00Z"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let both = folder.path().join("services.trees/hosts/f1/etc/haproxy/public.pem");
        let both = fs::read_to_string(both).unwrap();
        assert!(both.starts_with(expected) && both.matches("BEGIN").count() == 2, "{both}");
        // Certificate and key are told apart, and neither needs the secret for that.
        let output = pkiplan(folder.path(), &["diff", "services.toml", "services.trees", "--only", "files"]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(!said.contains("public.pem"), "{said}");
    }
    fs::write(&definition, first("root")).unwrap();
    let output = pkiplan(folder.path(), &["check", "services.toml"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("`first` is `certificate` or `key`"));
}
