//! The schemas for editors take what the readers take, and refuse what they refuse.
//!
//! `foreign/schema.rs` has the same plans judged by Taplo, which editors use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pkiplan::diagnostics::{Code, Diagnostics};
use pkiplan::read::{self, FileKind, Folder, Memory, TakenKey, Takes};
use pkiplan::source::Sources;
use serde_json::{Map, Value, json};

use crate::support::Lab;
use crate::support::installed::installed;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The words of `pkiplan schema --catalog` for each kind of file, and where such a file lies.
const KINDS: [(FileKind, &str, &str); 7] = [
    (FileKind::Plan, "", ""),
    (FileKind::Component, "component", "components/other/component.toml"),
    (FileKind::Profile, "profile", "profiles/other.toml"),
    (FileKind::Layout, "layout", "layouts/other.toml"),
    (FileKind::Flags, "flags", "flags/other.toml"),
    (FileKind::Fields, "fields", "fields/other.toml"),
    (FileKind::Roles, "roles", "roles/other.toml"),
];

fn schema(lab: &Lab, kind: FileKind, more: &[&str]) -> Value {
    let word = KINDS.iter().find(|(known, ..)| *known == kind).unwrap().1;
    let of = if word.is_empty() { vec!["schema"] } else { vec!["schema", "--catalog", word] };
    let run = lab.run(&[&of[..], more].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    serde_json::from_str(&run.out).unwrap()
}

/// The files that a schema refuses, each with why.
fn refused(lab: &Lab, schema: &Value, files: &[PathBuf]) -> BTreeMap<PathBuf, String> {
    let at = lab.path("the.schema.json");
    fs::write(&at, schema.to_string()).unwrap();
    let mut command = Command::new(installed("check-jsonschema"));
    let output =
        command.args(["--output-format", "json", "--schemafile"]).arg(at).args(files).output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert!(said["parse_errors"].as_array().is_none_or(Vec::is_empty), "{said:#}");
    let mut refused: BTreeMap<PathBuf, String> = BTreeMap::new();
    for error in said["errors"].as_array().unwrap() {
        let file = PathBuf::from(error["filename"].as_str().unwrap());
        refused.entry(file).or_default().push_str(&error.to_string());
    }
    refused
}

/// A value for a key, by its schema.
fn value(schema: &Value, whole: &Value, takes: Takes) -> Value {
    if let Some(target) = schema["$ref"].as_str() {
        return value(whole.pointer(target.trim_start_matches('#')).unwrap(), whole, takes);
    }
    let plain = match takes {
        Takes::Boolean => json!(true),
        Takes::Integer => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Takes::Texts => json!([value(&schema["items"], whole, Takes::Text)]),
        Takes::TextOrTexts => value(&schema["anyOf"][0], whole, Takes::Text),
        Takes::Any if schema["type"] == "array" => json!([1]),
        Takes::Any if schema["anyOf"][0]["type"] == "integer" => json!(1),
        Takes::Text | Takes::Any => json!("a"),
        Takes::Entries | Takes::Table | Takes::Tables => json!({}),
    };
    let first =
        schema["enum"].get(0).or_else(|| schema["anyOf"][0]["enum"].get(0)).or_else(|| schema.get("const"));
    match (first, schema.get("pattern")) {
        (Some(first), _) => first.clone(),
        (None, Some(_)) => json!("1d"),
        (None, None) => plain,
    }
}

/// The schema of what stands at a path.
fn at<'s>(whole: &'s Value, path: &[&str]) -> &'s Value {
    let mut at = whole;
    for part in path {
        while let Some(target) = at["$ref"].as_str() {
            at = whole.pointer(target.trim_start_matches('#')).unwrap();
        }
        at = match *part {
            read::ANY_NAME => &at["additionalProperties"],
            key => &at["properties"][key],
        };
        assert!(!at.is_null(), "the schema has nothing at {path:?}");
    }
    at
}

/// A file with every key that its reader takes; the key at `misspelt` has a letter too many.
fn sample(schema: &Value, keys: &[TakenKey], misspelt: Option<&[&'static str]>) -> Value {
    let mut file = json!({});
    for key in keys {
        let mut table = &mut file;
        for (depth, part) in key.path.iter().enumerate() {
            let wrong = misspelt == Some(&key.path[..=depth]);
            let name = match *part {
                read::ANY_NAME => "any".to_owned(),
                part if wrong => format!("{part}q"),
                part => part.to_owned(),
            };
            let last = depth + 1 == key.path.len();
            let inner = if last { value(at(schema, &key.path), schema, key.takes) } else { json!({}) };
            table = table.as_object_mut().unwrap().entry(name).or_insert(inner);
        }
    }
    file
}

/// A value in TOML, on one line.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key:?} = {}", toml(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn toml_file(value: &Value) -> String {
    let entries: &Map<String, Value> = value.as_object().unwrap();
    let simple = |value: &Value| !value.is_object();
    let lines = entries.iter().filter(|(_, value)| simple(value));
    let tables = entries.iter().filter(|(_, value)| !simple(value));
    lines.chain(tables).map(|(key, value)| format!("{key} = {}\n", toml(value))).collect()
}

/// What a reader says of the shape of a file.
fn codes(kind: FileKind, text: &str) -> BTreeSet<Code> {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    if kind == FileKind::Plan {
        let world = Memory::default().with("cluster.toml", text);
        read::plan(&world, Path::new("cluster.toml"), None, &mut sources, &mut diagnostics);
    } else {
        let path = KINDS.iter().find(|(known, ..)| *known == kind).unwrap().2;
        let world = Memory::default().with(format!("own/{path}"), text);
        let folder = Folder { world: &world, root: "own".into(), shown: "own/".to_owned(), named: None };
        read::definitions(&[folder], &mut sources, &mut diagnostics);
    }
    diagnostics.sorted().iter().map(|diagnostic| diagnostic.code).collect()
}

/// What the reader takes, the schema takes, and what the reader refuses, the schema refuses: each key, misspelt.
#[test]
fn schemas_have_the_keys_of_the_readers() {
    let lab = Lab::empty();
    for (kind, word, _) in KINDS {
        let schema = schema(&lab, kind, &[]);
        let keys = kind.keys();
        assert!(keys.len() > 3, "{word}");
        let whole = sample(&schema, &keys, None);
        let text = toml_file(&whole);
        let said = codes(kind, &text);
        let shape = [Code::UnknownKey, Code::WrongType, Code::MissingKey];
        assert!(shape.iter().all(|code| !said.contains(code)), "{said:?}: {text}");
        lab.write(&format!("{word}whole.json"), &whole.to_string());
        let mut files = vec![lab.path(&format!("{word}whole.json"))];
        for (number, key) in
            keys.iter().enumerate().filter(|(_, key)| key.path.last() != Some(&read::ANY_NAME))
        {
            let wrong = sample(&schema, &keys, Some(&key.path));
            // A reader that lacks the first key of a file says no more of it.
            if key.path != ["format"] && key.path != ["program"] && key.path != ["kind"] {
                let said = codes(kind, &toml_file(&wrong));
                // Without its head nothing of a component is read.
                let refused = [Code::UnknownKey, Code::ForeignFile, Code::MissingKey];
                assert!(refused.iter().any(|code| said.contains(code)), "{}: {said:?}", key.written());
            }
            let name = format!("{word}{number}-{}.json", key.written());
            lab.write(&name, &wrong.to_string());
            files.push(lab.path(&name));
        }
        let refused = refused(&lab, &schema, &files);
        assert!(!refused.contains_key(&files[0]), "{word}: {}", refused[&files[0]]);
        for file in &files[1..] {
            assert!(refused.contains_key(file), "the schema takes {}", file.display());
        }
    }
}

/// Every file of a folder whose name ends so.
fn below(folder: &str, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.to_str().unwrap().ends_with(end) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// Whether a file is a plan by its first lines.
fn is_plan(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap();
    text.lines().any(|line| line == "format = 1") && !text.contains("\n<<<<<<<")
}

#[test]
fn plans_that_are_right_are_taken() {
    let lab = Lab::empty();
    let plans: Vec<PathBuf> = ["plans", "tests/plans"]
        .iter()
        .flat_map(|folder| below(folder, ".toml"))
        .filter(|p| is_plan(p))
        .collect();
    assert!(plans.len() > 15, "{plans:?}");
    let general = schema(&lab, FileKind::Plan, &[]);
    assert_eq!(refused(&lab, &general, &plans), BTreeMap::new());
    // By the catalog that each has, there are no other words.
    for plan in plans.iter().filter(|plan| fs::read_to_string(plan).unwrap().contains("\ncatalog = ")) {
        let own = schema(&lab, FileKind::Plan, &["--plan", plan.to_str().unwrap()]);
        assert_eq!(refused(&lab, &own, std::slice::from_ref(plan)), BTreeMap::new());
    }
    for (kind, word, _) in KINDS.iter().skip(1) {
        let files: Vec<PathBuf> = below("templates", ".toml")
            .into_iter()
            .filter(|path| {
                let path = path.strip_prefix(Path::new(ROOT).join("templates")).unwrap();
                let folder = if word.ends_with('s') { (*word).to_owned() } else { format!("{word}s") };
                path.starts_with(folder)
            })
            .collect();
        assert!(!files.is_empty(), "{word}");
        assert_eq!(refused(&lab, &schema(&lab, *kind, &[]), &files), BTreeMap::new());
    }
}

/// Plans whose shape the reader refuses. What it says of other plans the schema does not know.
#[test]
fn plans_that_readers_refuse_are_refused() {
    let lab = Lab::empty();
    let general = schema(&lab, FileKind::Plan, &[]);
    let fixtures = below("tests/diagnostics", ".toml");
    let plans: Vec<PathBuf> = fixtures
        .into_iter()
        .filter(|path| is_plan(path) && !path.to_str().unwrap().contains("/lint/"))
        .filter(|path| toml::de::DeTable::parse(&fs::read_to_string(path).unwrap()).is_ok())
        .collect();
    let refused = refused(&lab, &general, &plans);
    let shape = [Code::UnknownKey, Code::WrongType];
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for plan in &plans {
        let said = codes(FileKind::Plan, &fs::read_to_string(plan).unwrap());
        if shape.iter().any(|code| said.contains(code)) {
            seen += 1;
            if !refused.contains_key(plan) {
                wrong.push(format!("the schema takes {}", plan.display()));
            }
        }
    }
    assert!(seen > 3, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A line of a layout that means nothing.
    let own = "tests/diagnostics/read/unknown-key@layout/";
    let layouts = schema(&lab, FileKind::Layout, &[]);
    let layout = below(own, "layouts/mine.toml");
    assert!(self::refused(&lab, &layouts, &layout)[&layout[0]].contains("servng"));
}

/// What the catalog knows is known to the schema: settings, flags, bundles, layouts, codes.
#[test]
fn words_of_the_catalog_are_checked() {
    let lab = Lab::empty();
    crate::support::page::write(lab.path("").as_path());
    let general = schema(&lab, FileKind::Plan, &[]);
    let own = schema(&lab, FileKind::Plan, &["--plan", "streams.toml"]);
    let is_taken = |schema: &Value, table: &str| {
        lab.write("try.toml", &format!("format = 1\n\n{table}\n"));
        refused(&lab, schema, &[lab.path("try.toml")]).is_empty()
    };
    for (table, taken) in [
        ("[component.etcd]\nsetting.client-port = 2379", true),
        ("[component.etcd]\nsetting.client-port = \"2379\"", false),
        ("[component.etcd]\nsetting.client-port = 70000", false),
        ("[component.etcd]\nsetting.client-prot = 2379", false),
        ("[component.kubelet]\nsetting.identity = \"handover\"", true),
        ("[component.kubelet]\nsetting.identity = \"handovr\"", false),
        ("[component.kubelet]\nflags.set = { max-pods = 200 }", true),
        ("[component.kubelet]\nflags.set = { max-pods = true }", false),
        ("[component.kubelet]\nflags.set = { max-pods = { value = 200, override = true } }", true),
        ("[component.kube-apiserver]\nbundle.clients.add = [\"a\"]", true),
        ("[component.kube-apiserver]\nbundle.client.add = [\"a\"]", false),
        ("[authority.root]\nkey = \"rsa-2048\"\nvalidity.own = \"20y\"", true),
        ("[authority.root]\nkey = \"rsa-1024\"", false),
        ("[authority.root]\nvalidity.own = \"20 years\"", false),
        ("[authority.root]\ngenerations = { use = 1, trust = [1, 2] }", true),
        ("[authority.root]\ngenerations = { use = \"1\" }", false),
        ("[vip.api]\nport = 65536", false),
        ("[allow]\n\"resolve::even-members\" = \"in May\"", true),
        ("[allow]\n\"resolve::even-member\" = \"in May\"", false),
        // A component of one's own is known by the plan's catalog alone.
        ("[component.nats]\nversion = \"2.12\"", true),
    ] {
        assert_eq!(is_taken(&general, table), taken, "{table}");
    }
    assert!(is_taken(&own, "[component.nats]\nsetting.route-port = 6222"));
    assert!(!is_taken(&own, "[component.nats]\nsetting.rout-port = 6222"));
    assert!(!is_taken(&own, "[component.natz]\nversion = \"2.12\""));
    assert!(!is_taken(&own, "[cluster]\nname = \"a\"\nlayout = \"kubeadmm\""));
    // Each key has its description from the reference.
    let about = |path: &[&str]| at(&general, path)["description"].as_str().unwrap_or_default().to_owned();
    assert!(
        about(&["cluster", "domain"]).contains("the DNS domain of services"),
        "{}",
        about(&["cluster", "domain"])
    );
    let flags = &general["definitions"]["component.kubelet"]["properties"]["flags"]["properties"]["set"]["properties"];
    assert!(flags["anonymous-auth"]["description"].as_str().unwrap().contains("deprecated"), "{flags}");
}
