//! What `diff` says of two plans, and of a plan against what was built, in every form.

use std::collections::BTreeMap;
use std::path::Path;

use pkiplan::build::draft;
use pkiplan::compare::{Comparison, PlanText, State, compare, compare_built};
use pkiplan::decide::Request;
use pkiplan::diagnostics::Diagnostics;
use pkiplan::plan::{self, Plan};
use pkiplan::read::{Memory, written};
use pkiplan::report::diff::{Asked, Named, Terminal, comment, json, page, report};
use pkiplan::source::Sources;
use pkiplan::values::Instant;
use pkiplan::workspace::read_trees;

use super::markdown::meaning;
use super::parts;

/// What is compared with, where an input is one plan alone.
const PLAN: &str = include_str!("../../../plans/single.toml");

/// Compares two plans that stand in one input, both ways.
pub(super) fn diff(input: &[u8]) {
    let parts = parts(input);
    let (one, other) = (parts[0].as_str(), parts.get(1).map_or(PLAN, String::as_str));
    for (before, after) in [(one, other), (other, one)] {
        compared(before, after).iter().for_each(|comparison| drop(said(comparison)));
    }
}

/// Compares a plan with trees of its host: the input is the host's manifest and then the files below.
pub(super) fn manifest(input: &[u8]) {
    const FILES: [&str; 3] =
        ["etc/kubernetes/kubelet.conf", "etc/kubernetes/pki/ca.crt", "etc/systemd/system/etcd.service"];
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    let parts = parts(input);
    write(".pkiplan", "");
    write("hosts/solo.json", &parts[0]);
    FILES.iter().zip(&parts[1..]).for_each(|(path, text)| write(&format!("hosts/solo/{path}"), text));
    let Ok(built) = read_trees(folder.path()) else { return };
    let compared = with(PLAN, |state| compare_built(&built, &state, None, None).ok()).flatten();
    said(&compared.expect("a comparison"));
}

fn compared(before: &str, after: &str) -> Option<Comparison> {
    with(before, |old| with(after, |new| compare(Some(&old), &new, None, &[]).ok())).flatten().flatten()
}

/// What a plan means, decided without a lock; none where it has errors.
fn with<T>(text: &str, act: impl FnOnce(State<'_>) -> T) -> Option<T> {
    let mut diagnostics = Diagnostics::default();
    let plan = load(text, &mut diagnostics)?;
    let blueprint = plan.expand(&mut diagnostics)?;
    plan::dry_render(&blueprint, &mut diagnostics);
    let at = Instant::from_unix(1_767_225_600).expect("an instant");
    let draft = draft(&blueprint, None, "0", &Request::new(at), &mut diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    let source = plan.sources.named("plan.toml").expect("the plan");
    let keys = written(text, source);
    Some(act(State {
        blueprint: &blueprint,
        draft: &draft,
        plan: PlanText { keys: &keys, sources: &plan.sources },
        sealed: &BTreeMap::new(),
    }))
}

fn load(text: &str, diagnostics: &mut Diagnostics) -> Option<Plan> {
    let world = Memory::default().with("plan.toml", text);
    plan::load(&world, Path::new("plan.toml"), Sources::default(), diagnostics).ok()
}

/// A comparison in every form.
struct Said {
    text: String,
    markdown: String,
    html: String,
    json: String,
}

fn said(comparison: &Comparison) -> Said {
    let named = Named { before: "HEAD".to_owned(), after: "plan.toml".to_owned() };
    let asked = Asked { base: "HEAD", host: None, only: None };
    let _ = report(&asked, &named, comparison, Terminal { width: 80, paints: true });
    Said {
        text: report(&asked, &named, comparison, Terminal { width: 100, paints: false }),
        markdown: comment(&named, comparison),
        html: page(&named, comparison),
        json: json(&named, comparison, None).to_string(),
    }
}

/// Text of the plan in a report says what it is and does nothing: the report has the same form as with a plain word
/// in its place, and nothing in it commands a terminal.
pub(super) fn words(input: &[u8]) {
    let text: String = String::from_utf8_lossy(input).chars().take(200).collect();
    let plan = |word: &str| PLAN_WITH_WORD.replace("WORD", &quoted(word));
    let told = |word: &str| compared(PLAN, &plan(word)).map(without_causes).as_ref().map(said);
    let Some(said_of_text) = told(&text) else { return };
    let plain: String = text.chars().map(|_| 'x').collect();
    let plain = told(&plain).expect("a plan with a plain word");
    let (with, without) = (&said_of_text.html, &plain.html);
    assert_eq!(shape(with), shape(without), "{text:?}\n{with}");
    let (with, without) = (&said_of_text.markdown, &plain.markdown);
    assert_eq!(meaning(with), meaning(without), "{text:?}\n{with}");
    for said in [&said_of_text.text, &said_of_text.markdown, &said_of_text.html, &said_of_text.json] {
        let found = said.chars().find(|c| is_command(*c));
        assert_eq!(found, None, "{text:?}\n{said}");
    }
}

/// Causes of files are found by the words of tables, so that another word has others.
fn without_causes(mut comparison: Comparison) -> Comparison {
    for unit in &mut comparison.units {
        unit.files.iter_mut().for_each(|file| file.because_of.clear());
        unit.services.iter_mut().for_each(|service| service.because_of.clear());
    }
    comparison
}

/// Every key that takes any text.
const PLAN_WITH_WORD: &str = r#"format = 1

[cluster]
name = "single"
profile = "high-availability"
version = "1.36.2"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]
endpoint = "node.solo"

[node.solo]
addresses = ["10.112.0.11"]
roles = ["control-plane", "etcd", "worker"]

[component.kubelet]
setting.taint-control-plane = false
flags.set = { node-labels = WORD }

[authority.front-proxy]
common-name = WORD

[user.alice]
common-name = WORD
organizations = [WORD]
"#;

/// A string of TOML.
fn quoted(text: &str) -> String {
    let quoted: String = text.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
    format!("\"{quoted}\"")
}

/// How many lines and tags there are.
fn shape(text: &str) -> (usize, usize) {
    (text.lines().count(), text.matches('<').count())
}

/// Whether a character moves a cursor, turns the direction of what follows, or is not seen.
fn is_command(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}
