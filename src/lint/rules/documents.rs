//! Rules for fields of configuration files.

use crate::diagnostics::Code;
use crate::lint::content::Read;
use crate::lint::knowledge::Knowledge;
use crate::lint::report::Report;
use crate::observe::{line_of, misfits};
use crate::yaml::Document;

pub(super) fn check(file: &Read<'_>, document: &Document, knowledge: &Knowledge, report: &mut Report) {
    let kind = document.root.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
    let known = knowledge.fields.knows(kind);
    for key in document.duplicates.iter().filter(|_| known) {
        let place = file.at(key.line, report);
        let message = format!("the key `{}` appears twice in one mapping", key.text);
        report.say(
            Code::LintRefusedField,
            place,
            message,
            "remove one: strict readers refuse the file, others use the last one",
        );
    }
    for misfit in misfits(&knowledge.fields, &document.root, None) {
        let place = file.at(line_of(&document.root, &misfit.path), report);
        let (code, then) = match misfit.stops {
            true => (Code::LintRefusedField, "the program does not start with this file"),
            false => (
                Code::LintUnknownField,
                "no version has this field: the program ignores it, or does not start",
            ),
        };
        let help = misfit.help.map_or(then.to_owned(), |help| format!("{then}; {help}"));
        report.say(code, place, format!("`{kind}` {}", misfit.says), &help);
    }
}
