//! `pkiplan verify`: what is planned works, and what was broken is named.

mod mutations;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::Lab;

/// When all plans are proven.
const AT: &str = "2027-01-01T00:00:00Z";

fn verified(lab: &Lab, arguments: &[&str]) -> Value {
    let run = lab.run(&[&["verify", "cluster.toml", "--at", AT, "--format", "json"], arguments].concat());
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"))
}

/// Every connection of every plan holds, and of each one it is known.
#[test]
fn every_plan_holds() {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let mut proven = 0;
    for entry in fs::read_dir(plans).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // Ten thousand nodes are for the benchmark.
        if path.extension().is_none_or(|extension| extension != "toml") || name == "ten-thousand" {
            continue;
        }
        let report = verified(&Lab::bare(&name), &[]);
        assert_eq!(report["findings"], serde_json::json!([]), "{name}");
        assert_eq!(report["unread"], serde_json::json!([]), "{name}");
        let matrix = report["matrix"].as_array().unwrap();
        let unknown: Vec<&Value> = matrix.iter().filter(|row| row["unknown"] != 0).collect();
        assert_eq!(unknown, Vec::<&Value>::new(), "{name}");
        let connections = report["connections"].as_u64().unwrap();
        assert!(connections > 0, "{name}");
        proven += connections;
    }
    assert!(proven > 1000, "{proven}");
}
