//! The schemas for editors, as Taplo takes them: it is what editors of TOML run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Lab, plans};

fn taplo() -> Command {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/taplo/bin/taplo");
    assert!(program.exists(), "tests/install installs taplo");
    Command::new(program)
}

/// What Taplo says against files; nothing if it takes them all.
fn complaints(lab: &Lab, schema: Option<&str>, files: &[PathBuf]) -> Option<String> {
    let mut command = taplo();
    command.current_dir(lab.path("")).env("RUST_LOG", "error").arg("check").args(["--colors", "never"]);
    if let Some(schema) = schema {
        command.args(["--schema", &format!("file://{}", lab.path(schema).display())]);
    }
    let output = command.args(files).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (!output.status.success()).then_some(said)
}

/// A folder with a schema.
fn lab(arguments: &[&str]) -> Lab {
    let lab = Lab::empty();
    crate::support::page::write(&lab.path(""));
    let run = lab.run(&[&["schema"], arguments].concat());
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    lab.write("schema.json", &run.out);
    lab
}

fn below(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn names_in(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(below(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn taplo_takes_every_plan_and_every_definition() {
    let plain = lab(&[]);
    let all: Vec<PathBuf> = plans().iter().map(|plan| below("plans").join(format!("{plan}.toml"))).collect();
    assert_eq!(complaints(&plain, Some("schema.json"), &all), None);
    let components: Vec<String> = names_in("templates/components")
        .iter()
        .map(|name| format!("components/{name}/component.toml"))
        .collect();
    let layouts: Vec<String> =
        names_in("templates/layouts").iter().map(|name| format!("layouts/{name}")).collect();
    assert!(components.len() > 10 && layouts.len() > 3);
    for (kind, files) in [
        ("component", components.iter().map(String::as_str).collect()),
        ("profile", vec!["profiles/high-availability.toml"]),
        ("layout", layouts.iter().map(String::as_str).collect()),
        ("flags", vec!["flags/kubelet.toml"]),
        ("fields", vec!["fields/kubelet-v1beta1.toml"]),
        ("roles", vec!["roles/cluster.toml"]),
    ] {
        let files: Vec<PathBuf> = files.iter().map(|file| below("templates").join(file)).collect();
        assert_eq!(complaints(&lab(&["--catalog", kind]), Some("schema.json"), &files), None, "{kind}");
    }
}

/// The line that the reference gives leads an editor to the schema beside the plan.
#[test]
fn a_plan_names_its_schema_and_mistakes_are_marked() {
    let own = lab(&["--plan", "streams.toml"]);
    let plan = own.read("streams.toml");
    let complaints = |text: &str| {
        own.write("try.toml", &format!("#:schema ./schema.json\n{text}"));
        complaints(&own, None, &[own.path("try.toml")])
    };
    assert_eq!(complaints(&plan), None);
    for (right, wrong, said) in [
        ("layout = \"kubeadm\"", "layuot = \"kubeadm\"", "'layuot' was unexpected"),
        ("name = \"streams\"", "name = 7", "is not of type \"string\""),
        ("version = \"2.12\"", "setting.rout-port = 1", "'rout-port' was unexpected"),
        ("version = \"2.12\"", "setting.route-port = \"1\"", "is not of type \"integer\""),
        ("[component.nats]", "[component.natz]", "'natz' was unexpected"),
        ("usage = \"client\"", "usage = \"clients\"", "clients"),
    ] {
        let text = plan.replacen(right, wrong, 1);
        assert_ne!(text, plan, "{right}");
        let found = complaints(&text).unwrap_or_else(|| panic!("Taplo takes {wrong}"));
        assert!(found.contains(said), "{wrong}: {found}");
    }
}
