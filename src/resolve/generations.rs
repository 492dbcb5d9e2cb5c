//! Resolves the generations of keys.

use super::model::Generations;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{GenerationsTable as Table, WrittenGeneration};
use crate::source::Spanned;
use crate::values::{IDENTITY, PlainText};

/// Which generations there are. Plain text is one of them where the keys encrypt.
pub(super) fn generations(
    written: Option<&Table>,
    encrypts: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Generations> {
    let Some(written) = written else { return Some(Generations::default()) };
    let used = written.used.as_ref()?;
    let trust: Vec<WrittenGeneration> = match &written.trust {
        Some(trust) => trust.iter().map(|generation| generation.value).collect(),
        None => vec![used.value],
    };
    if let Some(identity) = identity(written).filter(|_| !encrypts) {
        let message = format!("`{IDENTITY}` is plain text, which only encryption keys can have");
        let diagnostic = Diagnostic::new(Code::GenerationOrder, message).at(identity.span, "");
        diagnostics.push(diagnostic.help("write numbers, starting at 1"));
        return None;
    }
    let reads = trust.contains(&WrittenGeneration::Identity);
    let numbers = numbers(&trust);
    let keys: Option<Vec<u32>> = numbers.iter().map(|number| valid(*number)).collect();
    let meant = match (used.value, keys) {
        // The newest is the one that will encrypt.
        (WrittenGeneration::Identity, Some(keys)) if reads => {
            Some((keys.last().copied().unwrap_or(1), keys, PlainText::Written))
        }
        (WrittenGeneration::Number(used), Some(keys)) => {
            let plain_text = if reads { PlainText::Read } else { PlainText::Unsaid };
            valid(used).filter(|used| keys.contains(used)).map(|used| (used, keys, plain_text))
        }
        _ => None,
    };
    let Some((used, trust, plain_text)) = meant else {
        diagnostics.push(wrong_order(written, used.value, &numbers, reads));
        return None;
    };
    Some(Generations { used, trust, plain_text, origin: Some(written.span) })
}

/// Where plain text is named.
fn identity(written: &Table) -> Option<&Spanned<WrittenGeneration>> {
    let mut all = written.used.iter().chain(written.trust.iter().flatten());
    all.find(|one| one.value == WrittenGeneration::Identity)
}

/// The numbers, ascending.
fn numbers(trust: &[WrittenGeneration]) -> Vec<i64> {
    let number = |generation: &WrittenGeneration| match generation {
        WrittenGeneration::Identity => None,
        WrittenGeneration::Number(number) => Some(*number),
    };
    let mut numbers: Vec<i64> = trust.iter().filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn valid(number: i64) -> Option<u32> {
    u32::try_from(number).ok().filter(|number| *number >= 1)
}

fn wrong_order(written: &Table, used: WrittenGeneration, numbers: &[i64], reads: bool) -> Diagnostic {
    let of_use = match used {
        WrittenGeneration::Identity => None,
        WrittenGeneration::Number(number) => Some(number),
    };
    let largest = i64::from(u32::MAX);
    if let Some(large) = numbers.iter().copied().chain(of_use).find(|number| *number > largest) {
        let message = format!("there is no generation {large}: {largest} is the largest one");
        let help = "write the numbers of generations, starting at 1";
        return Diagnostic::new(Code::GenerationOrder, message).at(written.span, "").help(help);
    }
    let message = "the generation in use must also be in `trust`; generations start at 1";
    let mut trust: Vec<i64> = numbers.iter().copied().filter(|number| *number >= 1).collect();
    let (used, reads) = match used {
        WrittenGeneration::Identity => (format!("\"{IDENTITY}\""), true),
        WrittenGeneration::Number(used) => {
            trust.push(used.max(1));
            trust.sort_unstable();
            trust.dedup();
            (used.max(1).to_string(), reads)
        }
    };
    let plain = reads.then(|| format!("\"{IDENTITY}\""));
    let trust: Vec<String> = plain.into_iter().chain(trust.iter().map(ToString::to_string)).collect();
    let help = format!("write `{{ use = {used}, trust = [{}] }}`", trust.join(", "));
    Diagnostic::new(Code::GenerationOrder, message).at(written.span, "").help(help)
}
