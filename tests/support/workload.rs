//! Manifests of what has containers, as kubectl's own types take them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The object of a file. A field that the API does not know, or whose type is another, fails the test:
/// kubectl drops the one and refuses the other where it decodes into its types.
pub(crate) fn read(file: &Path) -> Value {
    let written = local(&["label"], file, &["tested=yes"]);
    let container = |object: &Value| {
        let spec = object.pointer("/spec/template/spec").unwrap_or(&object["spec"]);
        spec["containers"][0]["name"].as_str().map(str::to_owned)
    };
    let container = container(&written).unwrap_or_else(|| panic!("{}: no container", file.display()));
    let typed = local(&["set", "image"], file, &[&format!("{container}=tested")]);
    let dropped = dropped(&written, &typed, "");
    // These two are what the two commands change.
    let label = match written["metadata"]["labels"].as_object().map(serde_json::Map::len) {
        Some(1) => "/metadata/labels",
        _ => "/metadata/labels/tested",
    };
    let changed = |path: &String| path.ends_with("/image") || path == label;
    let dropped: Vec<String> = dropped.into_iter().filter(|path| !changed(path)).collect();
    assert!(dropped.is_empty(), "{}: {dropped:#?}", file.display());
    written
}

fn local(command: &[&str], file: &Path, change: &[&str]) -> Value {
    serde_json::from_slice(&kubectl(command, file, change)).unwrap()
}

fn kubectl(command: &[&str], file: &Path, change: &[&str]) -> Vec<u8> {
    let mut kubectl = Command::new("kubectl");
    kubectl.args(command).args(["--local", "-o", "json", "-f"]).arg(file).args(change);
    let output = kubectl.env("KUBECONFIG", "/nonexistent").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", file.display());
    output.stdout
}

/// Where the second differs from what the first says.
fn dropped(one: &Value, other: &Value, path: &str) -> Vec<String> {
    match (one, other) {
        (Value::Object(fields), Value::Object(_)) => fields
            .iter()
            .flat_map(|(key, value)| dropped(value, &other[key], &format!("{path}/{key}")))
            .collect(),
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            let pairs = items.iter().zip(others).enumerate();
            pairs.flat_map(|(i, (a, b))| dropped(a, b, &format!("{path}/{i}"))).collect()
        }
        _ if one == other => Vec::new(),
        _ => vec![path.to_owned()],
    }
}

/// Every object of a file, as far as kubectl reads it without its types.
pub(crate) fn objects(file: &Path) -> Vec<Value> {
    let said = kubectl(&["label"], file, &["tested=yes"]);
    serde_json::Deserializer::from_slice(&said).into_iter().map(Result::unwrap).collect()
}
