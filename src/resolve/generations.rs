//! Generations of keys, as authorities and keyrings write them.

use super::model::Generations;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::GenerationsTable as Table;

pub(super) fn generations(written: Option<&Table>, diagnostics: &mut Diagnostics) -> Option<Generations> {
    let Some(written) = written else {
        return Some(Generations { used: 1, trust: vec![1], origin: None });
    };
    let used = written.used.as_ref()?;
    let valid = |number: i64| u32::try_from(number).ok().filter(|n| *n >= 1);
    let mut trust: Vec<i64> = written.trust.iter().flatten().map(|number| number.value).collect();
    if written.trust.is_none() {
        trust.push(used.value);
    }
    trust.sort_unstable();
    trust.dedup();
    let all: Option<Vec<u32>> = trust.into_iter().map(valid).collect();
    match (valid(used.value), all) {
        (Some(number), Some(trust)) if trust.contains(&number) => {
            Some(Generations { used: number, trust, origin: Some(written.span) })
        }
        _ => {
            let message = "the generation in use must be one that is trusted, counted from 1";
            let used = used.value.max(1);
            let others = written.trust.iter().flatten().map(|number| number.value);
            let mut trust: Vec<i64> = others.filter(|n| *n >= 1).chain([used]).collect();
            trust.sort_unstable();
            trust.dedup();
            let help = format!("write `{{ use = {used}, trust = {trust:?} }}`");
            diagnostics.push(Diagnostic::new(Code::GenerationOrder, message).at(written.span, "").help(help));
            None
        }
    }
}
