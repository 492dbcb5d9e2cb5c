//! What fuzzing calls, once for each input. `fuzz/` gives these functions to libFuzzer, the test program runs them
//! on stable Rust. A target fails by a panic: of the code itself, or of an assertion about what it gave.

mod chains;
mod documents;
mod expressions;
mod files;
mod foreign;
mod hosts;
mod markdown;
mod reports;
mod values;

/// A reader, with inputs as bytes.
pub(crate) type Target = fn(&[u8]);

/// All targets by their names, which are also those of their seeds' folders.
pub(crate) const TARGETS: [(&str, Target); 18] = [
    ("age", files::age),
    ("applied", documents::applied),
    ("catalog", documents::catalog),
    ("certificate", files::certificate),
    ("diff", reports::diff),
    ("expression", expressions::expression),
    ("hosts", hosts::hosts),
    ("import", files::import),
    ("inventory", documents::inventory),
    ("judge", chains::judged),
    ("kubeconfig", files::kubeconfig),
    ("lint", foreign::lint_files),
    ("lock", documents::lock),
    ("leaks", files::leaks),
    ("manifest", reports::manifest),
    ("plan", documents::plan),
    ("values", values::values),
    ("words", reports::words),
];

/// Runs one target.
pub(crate) fn run(name: &str, input: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    target(input);
}

/// The parts of an input between lines of `=====`, as text.
fn parts(input: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(input).split("\n=====\n").map(str::to_owned).collect()
}
