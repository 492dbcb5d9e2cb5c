//! The result of `pkiplan verify --fix`: edits of the plan that fix findings.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::printable;
use crate::values::counted;
use crate::verify::Code;

/// What was tried, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// The edits as one patch of the plan; none: nothing is to be edited.
    pub patch: Option<String>,
    /// What they mend: the code and the sentence of each kind of finding.
    pub mended: Vec<(Code, String)>,
    /// What nothing mends.
    pub left: Vec<Left>,
    /// Connections that hold with the edits.
    pub holds: usize,
}

/// A kind of finding that nothing mends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its code.
    pub code: Code,
    /// Its sentence.
    pub sentence: String,
    /// How many edits were tried.
    pub tried: usize,
}

/// Edits of the plan, proven.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Fix {
    /// A patch of the plan that `git apply` takes; null: no edit mends anything.
    patch: Option<String>,
    /// What the patch mends. The plan with it was made and proven again: these are gone, and nothing is wrong that was
    /// not wrong before.
    mends: Vec<Mends>,
    /// What no edit mends that was tried.
    left: Vec<Open>,
}

/// A kind of finding that is gone.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Mends {
    /// Its code.
    code: String,
    /// Its sentence.
    message: String,
}

/// A kind of finding that stays.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Open {
    /// Its code.
    code: String,
    /// Its sentence.
    message: String,
    /// How many edits were tried.
    tried: usize,
}

impl Fix {
    pub(super) fn of(mended: &Mended) -> Self {
        let mends = mended
            .mended
            .iter()
            .map(|(code, sentence)| Mends { code: code.name().to_owned(), message: sentence.clone() });
        let left = mended.left.iter().map(|left| Open {
            code: left.code.name().to_owned(),
            message: left.sentence.clone(),
            tried: left.tried,
        });
        Self { patch: mended.patch.clone(), mends: mends.collect(), left: left.collect() }
    }
}

/// What is said of the search, line by line, without the patch.
pub(super) fn lines(mended: &Mended) -> Vec<String> {
    let gone = mended.mended.iter().map(|(code, sentence)| format!("fixed [{code}]: {sentence}"));
    let left = mended.left.iter().map(|left| {
        let how = match left.tried {
            0 => "pkiplan knows no edit of the plan that could fix it".to_owned(),
            1 => "pkiplan tried one edit of the plan, which does not fix it".to_owned(),
            tried => format!("pkiplan tried {tried} edits of the plan, and none of them fixes it"),
        };
        format!("not fixed [{}]: {}; {how}", left.code, left.sentence)
    });
    let mut lines: Vec<String> = gone.chain(left).collect();
    if mended.patch.is_some() {
        let proven = counted(mended.holds, "connection");
        lines.push(format!(
            "The plan was rendered and proven again with this edit: {proven} proven, and no new problems."
        ));
    } else if lines.is_empty() {
        lines.push("There is nothing to fix.".to_owned());
    }
    lines
}

/// The section of the report for people; the patch is last, so that `git apply` takes the whole report.
pub(super) fn text(text: &mut String, mended: &Mended) {
    text.push('\n');
    for line in lines(mended) {
        let _ = writeln!(text, "{}", printable::line(&line));
    }
    if let Some(patch) = &mended.patch {
        text.push('\n');
        text.push_str(&printable::file(patch));
    }
}
