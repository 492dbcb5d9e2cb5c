//! What `verify` prints is explained.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pkiplan::diagnostics;
use pkiplan::diagnostics::Severity;
use pkiplan::verify::Code;

use crate::support::Lab;

/// Every code that stands in the sources, in the tests' expectations and in the tables.
#[test]
fn every_code_is_explained() {
    let lab = Lab::empty();
    for code in Code::ALL {
        let run = lab.run(&["check", "--explain", code.name()]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{code}");
        let head =
            format!("{code} ({})\n\n", if code.severity() == Severity::Error { "error" } else { "warning" });
        let text = run.out.strip_prefix(&head).unwrap_or_else(|| panic!("{}", run.out));
        // It teaches: what happens, and why or what to do.
        assert!(text.matches(['.', ':']).count() >= 2 && text.len() > 120, "{code}: {text}");
    }
    for code in diagnostics::Code::ALL.iter().filter(|code| code.name().starts_with("lint::")) {
        let run = lab.run(&["check", "--explain", code.name()]);
        assert!(run.code == 0 && run.out.len() > 60, "{code}: {run:?}");
    }
    let near = lab.run(&["check", "--explain", "verify::name-mising"]);
    assert_eq!(near.code, 1);
    assert!(near.err.contains("`verify::name-missing`"), "{}", near.err);
}

/// The reports name no code that is not in the table, and the table none that no report can name.
#[test]
fn the_table_is_whole() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    let mut written = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/verify");
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for part in text.split("verify::").skip(1) {
                let end = part.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(part.len());
                if part[..end].contains('-') && !part[end..].starts_with("::") {
                    written.insert(format!("verify::{}", &part[..end]));
                }
            }
        }
    }
    written.remove("verify::name-mising");
    assert!(written.len() >= 5, "{written:?}");
    let unknown: Vec<&String> = written.iter().filter(|name| !names.contains(name.as_str())).collect();
    assert_eq!(unknown, Vec::<&String>::new());
    // Outside of the table, no source writes one.
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("verify/code.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let found = code.filter(|line| line.contains("\"verify::") || line.contains("[verify::"));
                assert_eq!(found.collect::<Vec<_>>(), Vec::<&str>::new(), "{}", path.display());
            }
        }
    }
}
