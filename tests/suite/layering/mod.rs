//! The architecture, held by a test: which module may use which, and which foreign crate stands where.

mod circles;
mod imports;
mod sources;

use std::collections::{BTreeMap, BTreeSet};

use sources::{files, is_word};

/// What each module may use of the others. A module that is missing here is a mistake.
const MODULES: &[(&str, &[&str])] = &[
    // leaves
    ("index", &[]),
    ("printable", &[]),
    ("source", &[]),
    ("values", &[]),
    ("diagnostics", &["printable", "source"]),
    ("specification", &["index", "values"]),
    ("stored", &["values"]),
    ("expression", &["diagnostics"]),
    ("yaml", &[]),
    ("kubernetes", &["values", "yaml"]),
    ("leaks", &["kubernetes"]),
    // stages
    ("read", &["diagnostics", "leaks", "printable", "source", "values"]),
    // The files of one host.
    ("host", &["printable", "read"]),
    ("catalog", &["diagnostics", "expression", "read", "source", "values"]),
    (
        "resolve",
        &[
            "catalog",
            "diagnostics",
            "index",
            "kubernetes",
            "read",
            "source",
            "specification",
            "stored",
            "values",
            "yaml",
        ],
    ),
    (
        "expand",
        &[
            "catalog",
            "diagnostics",
            "expression",
            "index",
            "kubernetes",
            "read",
            "resolve",
            "source",
            "specification",
            "stored",
            "values",
        ],
    ),
    ("lock", &["diagnostics", "source", "specification", "values"]),
    ("applied", &["diagnostics", "lock", "source", "values"]),
    ("decide", &["applied", "diagnostics", "index", "lock", "source", "specification", "stored", "values"]),
    (
        "render",
        &[
            "catalog",
            "diagnostics",
            "expand",
            "expression",
            "kubernetes",
            "resolve",
            "source",
            "specification",
            "values",
            "yaml",
        ],
    ),
    ("issue", &["specification", "stored", "values"]),
    // What the programs of a host get to see.
    // Judges what lies on hosts, ours or not.
    ("judge", &["issue", "values"]),
    ("wiring", &["host", "index", "judge", "values", "yaml"]),
    ("observe", &["catalog", "host", "issue", "judge", "kubernetes", "source", "values", "wiring", "yaml"]),
    ("fill", &["decide", "expand", "issue", "render", "resolve", "specification", "stored", "values"]),
    ("write", &["values"]),
    ("seal", &["values"]),
    ("inspect", &["issue", "kubernetes", "leaks", "printable", "specification", "stored", "values", "yaml"]),
    // Judges files that others made.
    (
        "lint",
        &[
            "catalog",
            "diagnostics",
            "inspect",
            "issue",
            "judge",
            "kubernetes",
            "leaks",
            "observe",
            "read",
            "source",
            "stored",
            "values",
            "yaml",
        ],
    ),
    // Stands beside the stages: reads what they made.
    ("expiry", &["decide", "diagnostics", "expand", "lock", "resolve", "specification", "values"]),
    // Nodes from files of others, as documents of the plan.
    ("inventory", &["diagnostics", "read", "source", "yaml"]),
    // what goes through the stages
    (
        "plan",
        &[
            "catalog",
            "diagnostics",
            "expand",
            "inventory",
            "judge",
            "observe",
            "read",
            "render",
            "resolve",
            "source",
            "stored",
            "values",
            "yaml",
        ],
    ),
    (
        "import",
        &[
            "catalog",
            "inspect",
            "issue",
            "kubernetes",
            "lock",
            "plan",
            "read",
            "resolve",
            "specification",
            "stored",
            "values",
        ],
    ),
    ("init", &["catalog", "expression", "printable", "read", "values", "yaml"]),
    (
        "build",
        &[
            "catalog",
            "decide",
            "diagnostics",
            "expand",
            "expiry",
            "fill",
            "host",
            "index",
            "issue",
            "lock",
            "render",
            "resolve",
            "source",
            "specification",
            "stored",
            "values",
            "write",
        ],
    ),
    // Two states against each other, and trees against what a build would make.
    (
        "compare",
        &[
            "build",
            "catalog",
            "decide",
            "diagnostics",
            "expand",
            "expression",
            "fill",
            "host",
            "index",
            "inspect",
            "kubernetes",
            "leaks",
            "lock",
            "read",
            "render",
            "resolve",
            "seal",
            "source",
            "specification",
            "values",
            "wiring",
            "write",
        ],
    ),
    ("handshake", &["judge"]),
    // Whether what is wired together works.
    (
        "verify",
        &[
            "catalog",
            "diagnostics",
            "expand",
            "host",
            "judge",
            "kubernetes",
            "observe",
            "render",
            "resolve",
            "source",
            "values",
            "wiring",
            "handshake",
        ],
    ),
    // Hosts as a build would make them, and what is proven of them.
    ("rehearsal", &["build", "compare", "decide", "expand", "values", "verify", "wiring"]),
    // Says what others found; has no door.
    // The page of the two languages, and what a word of them means.
    ("reference", &["read"]),
    ("lookup", &["catalog", "diagnostics", "plan", "read", "reference", "source", "verify"]),
    ("schema", &["catalog", "diagnostics", "lookup", "plan", "read", "values"]),
    (
        "report",
        &[
            "catalog",
            "compare",
            "decide",
            "diagnostics",
            "expand",
            "expiry",
            "lock",
            "lookup",
            "plan",
            "printable",
            "read",
            "render",
            "resolve",
            "source",
            "specification",
            "values",
            "verify",
            "wiring",
            "judge",
        ],
    ),
    ("git", &["diagnostics", "inspect", "issue", "leaks", "lock", "printable", "read", "source", "values"]),
    (
        "workspace",
        &[
            "applied",
            "build",
            "compare",
            "decide",
            "diagnostics",
            "expand",
            "fill",
            "host",
            "issue",
            "kubernetes",
            "lint",
            "lock",
            "plan",
            "printable",
            "read",
            "report",
            "resolve",
            "seal",
            "source",
            "specification",
            "stored",
            "values",
            "write",
        ],
    ),
    // Plans that are edited, made and proven again.
    (
        "mend",
        &[
            "decide",
            "expand",
            "judge",
            "read",
            "rehearsal",
            "report",
            "resolve",
            "verify",
            "wiring",
            "workspace",
        ],
    ),
    (
        "cli",
        &[
            "applied",
            "build",
            "compare",
            "decide",
            "diagnostics",
            "expand",
            "expiry",
            "fill",
            "git",
            "import",
            "init",
            "inspect",
            "issue",
            "kubernetes",
            "leaks",
            "lint",
            "lock",
            "lookup",
            "mend",
            "plan",
            "printable",
            "read",
            "rehearsal",
            "render",
            "report",
            "resolve",
            "schema",
            "seal",
            "source",
            "specification",
            "stored",
            "values",
            "workspace",
            "write",
            "host",
            "handshake",
            "observe",
            "verify",
            "wiring",
            "catalog",
        ],
    ),
];

/// Where each foreign crate may be used: one module where it has a language or a format of its own.
const CRATES: &[(&str, &[&str])] = &[
    ("age", &["seal"]),
    ("aws_lc_rs", &["issue"]),
    ("base64ct", &["fill", "import", "inspect", "issue", "kubernetes", "lint", "observe", "seal"]),
    ("bzip2", &["leaks"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("crypto_bigint", &["issue"]),
    ("crypto_primes", &["issue"]),
    ("ed25519_dalek", &["inspect", "issue"]),
    ("getrandom", &["cli"]),
    // The parser of serde_saphyr, where lines count.
    ("granit_parser", &["yaml"]),
    ("hkdf", &["issue"]),
    ("hmac", &["issue"]),
    ("include_dir", &["read"]),
    ("indicatif", &["cli"]),
    ("ipnet", &["values"]),
    ("miette", &["diagnostics"]),
    // The program alone chooses how memory is given out.
    ("mimalloc", &["main"]),
    ("lzma_rust2", &["leaks"]),
    ("miniz_oxide", &["leaks"]),
    ("minijinja", &["expression"]),
    ("p256", &["inspect", "issue"]),
    ("p384", &["inspect", "issue"]),
    ("p521", &["issue"]),
    ("petgraph", &["expand"]),
    // Its object identifiers are those of all.
    ("pkcs8", &["inspect", "issue", "judge", "lint", "stored", "values"]),
    (
        "rayon",
        &["build", "catalog", "compare", "expand", "fill", "observe", "plan", "read", "verify", "write"],
    ),
    ("rcgen", &["issue"]),
    ("rfc6979", &["issue"]),
    ("rpassword", &["cli"]),
    ("rsa", &["inspect", "issue"]),
    ("rustls", &["handshake"]),
    ("rustix", &["read", "write"]),
    // The forms of reports, from their types.
    ("schemars", &["compare", "diagnostics", "report", "values"]),
    ("sec1", &["issue"]),
    ("tar", &["host"]),
    ("terminal_size", &["cli"]),
    ("textwrap", &["diagnostics"]),
    // YAML: written by one, read by the others.
    ("serde_saphyr", &["compare", "import", "inspect", "observe", "render", "verify"]),
    (
        "sha2",
        &[
            "read",
            "applied",
            "build",
            "catalog",
            "fill",
            "inspect",
            "issue",
            "judge",
            "specification",
            "stored",
            "write",
            "observe",
            "verify",
            "workspace",
        ],
    ),
    ("similar", &["compare", "mend"]),
    ("strsim", &["diagnostics"]),
    ("time", &["cli", "issue", "values"]),
    ("toml", &["applied", "lock", "read"]),
    ("toml_edit", &["mend"]),
    ("zeroizing_alloc", &["main"]),
    ("x509_parser", &["inspect", "issue", "lint", "stored"]),
];

/// What has an effect outside, and where it may.
const DOORS: &[(&str, &[&str])] = &[
    ("std::env", &["cli/", "git/"]),
    ("std::fs", &["git/", "read/disk.rs", "read/regular.rs", "workspace/", "write/"]),
    ("std::io::stdout", &["cli/"]),
    ("std::process", &["cli/", "git/", "main.rs", "workspace/", "write/"]),
    ("std::time", &["cli/", "write/"]),
    ("println!", &[]),
    ("eprintln!", &[]),
    ("SystemTime", &["cli/", "write/"]),
    // The network: only where somebody asks for it.
    ("TcpStream", &["cli/diff/live.rs"]),
];

/// Lines of a file at most.
const LINES: usize = 400;

/// The first parts of all paths that begin with `prefix`.
fn after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        // `use crate::{a, b::c};`
        let parts: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split("};").next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        };
        for part in parts {
            let name: String = part.trim_start().chars().take_while(|c| is_word(*c)).collect();
            if !name.is_empty() {
                found.insert(name);
            }
        }
    }
    found
}

/// Whether `word::` stands in the code as a path of its own.
fn uses(code: &str, word: &str) -> bool {
    code.match_indices(&format!("{word}::")).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| is_word(c) || c == ':')
    })
}

#[test]
fn modules_use_only_what_stands_before_them() {
    let allowed: BTreeMap<&str, &[&str]> = MODULES.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| !["lib", "main"].contains(&file.module.as_str())) {
        let Some(allowed) = allowed.get(file.module.as_str()) else {
            wrong.push(format!("{}: the module is not in the list", file.path));
            continue;
        };
        for used in after(&file.code, "crate::") {
            if used != file.module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modules_stand_one_behind_the_other() {
    let mut before: Vec<&str> = Vec::new();
    for (module, uses) in MODULES {
        assert!(uses.iter().all(|used| before.contains(used)), "{module} uses one that comes later");
        before.push(module);
    }
}

#[test]
fn foreign_crates_stay_in_their_modules() {
    let mut wrong = Vec::new();
    for file in files() {
        for (name, modules) in CRATES {
            // A module may have the name of a crate.
            let own = file.code.contains(&format!("mod {name};"));
            if uses(&file.code, name) && !own && !modules.contains(&file.module.as_str()) {
                wrong.push(format!("{} uses {name}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn doors_to_the_outside_are_few() {
    let mut wrong = Vec::new();
    for file in files() {
        for (door, places) in DOORS {
            let at = file.code.find(door).filter(|at| !file.code[..*at].ends_with(is_word));
            if at.is_some() && !places.iter().any(|place| file.path.starts_with(place)) {
                wrong.push(format!("{} uses {door}", file.path));
            }
        }
        // Their order differs from run to run.
        for unordered in ["HashMap", "HashSet"] {
            if file.code.contains(unordered) {
                wrong.push(format!("{} uses {unordered}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for file in files() {
        let lines = file.text.lines().count();
        if lines > LINES {
            wrong.push(format!("{} has {lines} lines", file.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
