//! Whoever writes long lines does not get long messages.

use crate::support::Lab;

#[test]
fn messages_are_bounded() {
    let lab = Lab::empty();
    let long = "x".repeat(300_000);
    for plan in [
        format!("format = 1\n[cluster]\nname = \"a\"\nprofile = \"{long}\"\n"),
        format!("format = 1\n[node.\"{long}\"]\naddresses = [\"1\"]\n"),
        format!("format = 1\n{long} = 1\n[cluster]\n"),
        format!("format = 1\n[cluster]\nname = [{}]\n", "1,".repeat(150_000)),
        format!("format = 1\n# {long}\n[cluster]\nname = 1 # {long}\n# {long}\n"),
        format!("format = 1\n[cluster]\nname = \"{}", "ä".repeat(150_000)),
    ] {
        lab.write("cluster.toml", &plan);
        let run = lab.run(&["check", "cluster.toml"]);
        assert!(run.code == 1 && run.err.contains("::"), "{}", &run.err[..run.err.len().min(2_000)]);
        assert!(run.err.len() < 30_000, "{} of {}...", run.err.len(), &plan[..60]);
    }
}
