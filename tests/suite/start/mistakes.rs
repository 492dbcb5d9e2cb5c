//! What people write wrong in their first plans: each mistake is one message, which says what to write.

use std::io;
use std::path::Path;

use pkiplan::diagnostics::Diagnostics;
use pkiplan::plan;
use pkiplan::read::World;
use pkiplan::source::Sources;

use crate::support::Lab;
use crate::support::snapshot::compare;

/// A plan with a part of it written in another way.
const EDITED: &[(&str, &str, &str)] = &[
    ("array-of-tables", "[node.master01]", "[[node]]\nname = \"master01\""),
    ("table-without-a-name", "[node.master01]", "[node]"),
    ("string-for-a-list", "addresses = [\"10.111.0.101\"]", "addresses = \"10.111.0.101\""),
    ("list-for-a-string", "endpoint = \"vip.api\"", "endpoint = [\"vip.api\"]"),
    ("port-in-quotes", "port = 16443", "port = \"16443\""),
    ("huge-number", "port = 16443", "port = 99999999999999999999"),
    ("port-out-of-range", "port = 16443", "port = 164430"),
    ("port-of-the-api-server", "port = 16443", "port = 6443"),
    ("version-without-quotes", "version = \"1.36.2\"", "version = 1.36.2"),
    ("version-as-a-number", "version = \"1.36.2\"", "version = 1.36"),
    ("address-without-quotes", "[\"10.111.0.101\"]", "[10.111.0.101]"),
    ("address-with-a-prefix", "[\"10.111.0.101\"]", "[\"10.111.0.101/24\"]"),
    ("name-without-quotes", "profile = \"high-availability\"", "profile = high-availability"),
    ("no-profile", "profile = \"high-availability\"\n", ""),
    ("no-endpoint", "endpoint = \"vip.api\"\n", ""),
    ("no-interface", "interface = \"eth0\"\n", ""),
    ("no-format", "format = 1\n", ""),
    ("no-service-network", "service-cidrs = [\"10.96.0.0/16\"]\n", ""),
    (
        "misspelt-role",
        "[node.node01]\naddresses = [\"10.111.0.104\"]\nroles = [\"worker\"]",
        "[node.node01]\naddresses = [\"10.111.0.104\"]\nroles = [\"wroker\"]",
    ),
    ("misspelt-key", "[vip.api]\naddresses", "[vip.api]\naddreses"),
    ("table-twice", "[node.node02]", "[node.node01]"),
    ("colon-for-equals", "run = \"systemd\"", "run: \"systemd\""),
    ("network-with-host-bits", "\"10.244.0.0/16\"", "\"10.244.1.0/16\""),
];

#[test]
fn a_part_that_is_written_in_another_way() {
    for (name, from, to) in EDITED {
        let lab = Lab::bare("ha");
        lab.edit(from, to);
        let run = lab.run(&["check"]);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{name}: {run:#?}");
        compare(&format!("mistakes/{name}.txt"), &run.err);
        assert!(run.err.ends_with("\n1 error\n"), "{name}: {}", run.err);
        // What to write instead, or what it can be.
        let remedy = ["help: ", "a number that is too large", "a port is 1 to 65535"];
        assert!(remedy.iter().any(|words| run.err.contains(words)), "{name}: {}", run.err);
        // The place that is to be changed is in the plan.
        assert!(run.err.contains("─[cluster.toml:"), "{name}: {}", run.err);
    }
}

/// Nodes that run no store of the API server's objects.
#[test]
fn no_etcd() {
    let lab = Lab::bare("ha");
    lab.write("cluster.toml", &lab.read("cluster.toml").replace(", \"etcd\"]", "]"));
    compare("mistakes/no-etcd.txt", &lab.run(&["check"]).err);
}

/// Files that are no plans, or texts in another encoding: nothing of what is no plan is shown.
#[test]
fn files_of_another_kind() {
    let plan = Lab::bare("single").read("cluster.toml");
    let utf16 = |text: &str| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let json = "{\n  \"format\": 1,\n  \"cluster\": { \"name\": \"sesame\" }\n}\n";
    let yaml = "format: 1\ncluster:\n  name: sesame\n";
    let latin = [b"format = 1\n# K\xf6ln\n", plan.as_bytes()].concat();
    for (name, bytes) in [
        ("json", json.as_bytes().to_vec()),
        ("yaml", yaml.as_bytes().to_vec()),
        ("empty", Vec::new()),
        ("utf-16", utf16(&plan)),
        ("latin-1", latin),
        ("words", b"sesame\n".to_vec()),
    ] {
        let lab = Lab::empty();
        std::fs::write(lab.path("cluster.toml"), bytes).unwrap();
        let run = lab.run(&["check"]);
        compare(&format!("mistakes/{name}.txt"), &run.err);
        assert!(
            run.code == 1 && run.err.contains("help: ") && !run.err.contains("sesame"),
            "{name}: {run:#?}"
        );
    }
    let lab = Lab::empty();
    compare("mistakes/not-there.txt", &lab.run(&["check", "plan.toml"]).err);
}

/// A byte order mark is a warning that says what it is; ends of lines as on Windows and tabs are nothing.
#[test]
fn what_editors_add() {
    let plan = Lab::bare("single").read("cluster.toml");
    let said = |text: &str| {
        let lab = Lab::empty();
        lab.write("cluster.toml", text);
        lab.run(&["check"])
    };
    let marked = said(&format!("\u{feff}{plan}"));
    compare("mistakes/byte-order-mark.txt", &marked.err);
    assert_eq!(marked.code, 0);
    for text in
        [plan.replace('\n', "\r\n"), plan.replace(" = ", "\t=\t"), plan.replace("\nname", "\n\t\tname")]
    {
        let run = said(&text);
        assert!(run.code == 0 && run.err.is_empty() && run.out.contains("nothing wrong"), "{run:#?}");
    }
}

/// Another user's file.
#[test]
fn a_file_that_may_not_be_read() {
    struct Denied;
    impl World for Denied {
        fn bytes(&self, _: &Path) -> io::Result<Vec<u8>> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        fn list(&self, _: &Path) -> io::Result<Vec<String>> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let mut diagnostics = Diagnostics::default();
    let loaded = plan::load(&Denied, Path::new("cluster.toml"), Sources::default(), &mut diagnostics);
    assert!(loaded.is_err());
    let help = diagnostics.sorted()[0].help.clone().unwrap();
    assert!(help.contains("`ls -l cluster.toml` shows who may"), "{help}");
}
