//! Checks words in flag values, such as plugins, feature gates and API versions, against the versions that know them.

use crate::catalog::{Absent, Flag, FlagKind, FlagTable};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::read::plan::Text;
use crate::source::Span;
use crate::values::Version;

/// The first word of a flag's values that the version does not know, or that takes another value.
pub(super) fn wrong(
    name: &Text,
    place: Span,
    flag: &Flag<'_>,
    (program, version): (&str, &Version),
    values: &[String],
) -> Option<Diagnostic> {
    let table = flag.words.filter(|table| table.covers.contains(version))?;
    let words =
        values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|word| !word.is_empty());
    words.into_iter().find_map(|written| {
        let (word, value) =
            written.split_once('=').map_or((written, None), |(word, value)| (word, Some(value)));
        let found = find(table, word, version);
        match (found, value) {
            (Err(absent), _) if absent.limit.is_some() || table.complete => {
                let message = format!(
                    "`--{}` of {program} {version} does not take `{word}`{}",
                    name.value,
                    absent.why()
                );
                let near = match absent.limit {
                    Some(_) => None,
                    None => did_you_mean(word, table.names()),
                };
                let help = absent.instead().or(near).unwrap_or_else(|| "leave it out".to_owned());
                Some(Diagnostic::new(Code::UnknownWord, message).at(place, "").help(help))
            }
            (found, Some(value)) if flag.kind == FlagKind::Map => {
                // What the table does not list takes what all that it lists take.
                let kind = found.map_or_else(|_| table.only_kind(), |known| Some(known.kind));
                let wanted = kind?.check(value).err()?;
                let message = format!("`{word}` of `--{}` takes {wanted}", name.value);
                Some(Diagnostic::new(Code::FlagType, message).at(place, format!("this is `{value}`")))
            }
            _ => None,
        }
    })
}

/// A word as the table has it: gates may have a component before them (`kube:Gate`), versions of APIs a resource
/// behind them (`batch/v1/jobs`).
fn find<'t>(table: &'t FlagTable, word: &str, version: &Version) -> Result<Flag<'t>, Absent<'t>> {
    let plain = word.rsplit(':').next().unwrap_or(word);
    table.find(plain, version).or_else(|absent| match plain.rsplit_once('/') {
        Some((shorter, _)) if absent.limit.is_none() => table.find(shorter, version),
        _ => Err(absent),
    })
}
