//! The report as one page that needs nothing besides: no network, no other file.

mod drawing;

use std::fmt::Write as _;

use super::Named;
use super::chains::chains;
use super::summary::{self, chain_parts, names, services};
use crate::compare::{Comparison, Done, FileChange, Line, UnitChange};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// How many trees are shown open.
const OPEN: usize = 3;

/// The whole page.
pub(super) fn page(named: &Named, comparison: &Comparison) -> String {
    let title = format!("{} against {}", named.after, named.before);
    let title = escaped(&title);
    let mut page = String::new();
    // The page may run what stands in it and load nothing.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    if comparison.is_empty() {
        page.push_str("<p>Nothing changes.</p>\n");
    } else {
        numbers(comparison, &mut page);
        risks(comparison, &mut page);
        plan(comparison, &mut page);
        causes(comparison, &mut page);
        certificates(comparison, &mut page);
        rollout(comparison, &mut page);
        files(comparison, &mut page);
    }
    let _ = write!(page, "<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

fn numbers(comparison: &Comparison, page: &mut String) {
    let Comparison { certificates, units, waves, .. } = comparison;
    let told = [
        (!certificates.is_empty()).then(|| format!("certificates: {}", summary::made(certificates))),
        (!units.is_empty()).then(|| summary::units(units)),
        (!waves.is_empty()).then(|| summary::actions(comparison)),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    if !told.is_empty() {
        let _ = writeln!(page, "<p class=\"numbers\">{}</p>", escaped(&told.join("; ")));
    }
}

fn risks(comparison: &Comparison, page: &mut String) {
    if comparison.risks.is_empty() {
        return;
    }
    page.push_str("<section id=\"risks\">\n<h2>Risks</h2>\n<ul>\n");
    for risk in &comparison.risks {
        let help = risk.help.as_ref().map_or_else(String::new, |help| format!("<p>{}</p>", escaped(help)));
        let _ = writeln!(page, "<li><strong>{}</strong>{help}</li>", escaped(&risk.message));
    }
    page.push_str("</ul>\n</section>\n");
}

fn plan(comparison: &Comparison, page: &mut String) {
    if comparison.plan.is_empty() {
        return;
    }
    page.push_str("<section id=\"plan\">\n<h2>Plan</h2>\n<table>\n");
    for edit in &comparison.plan {
        let lines: Vec<String> = edit.lines.iter().map(|line| escaped(line)).collect();
        let lines = if edit.change == Done::Removed { String::new() } else { lines.join("\n") };
        let _ = writeln!(
            page,
            "<tr><td class=\"{}\">{}</td><td><pre>{lines}</pre></td><td class=\"place\">{}</td></tr>",
            class(edit.change),
            escaped(&edit.table),
            escaped(&edit.place)
        );
    }
    page.push_str("</table>\n</section>\n");
}

fn causes(comparison: &Comparison, page: &mut String) {
    let chains = chains(comparison);
    if chains.is_empty() {
        return;
    }
    page.push_str("<section id=\"causes\">\n<h2>Causes</h2>\n");
    page.push_str(&drawing::drawing(comparison));
    page.push_str("<ul>\n");
    for chain in &chains {
        let parts = chain_parts(chain).join(" → ");
        let _ = writeln!(page, "<li><code>{}</code> → {}</li>", escaped(chain.name()), escaped(&parts));
    }
    page.push_str("</ul>\n</section>\n");
}

fn certificates(comparison: &Comparison, page: &mut String) {
    let Comparison { certificates, trust, keys, .. } = comparison;
    if certificates.is_empty() && trust.is_empty() && keys.is_empty() {
        return;
    }
    page.push_str("<section id=\"certificates\">\n<h2>Certificates</h2>\n<table>\n");
    let mut row = |word: &str, who: &str, what: &str, cause: &str| {
        let _ = writeln!(
            page,
            "<tr><td>{word}</td><td>{}</td><td><pre>{}</pre></td><td>{}</td></tr>",
            escaped(who),
            escaped(what),
            escaped(cause)
        );
    };
    for group in summary::rows(certificates, false) {
        let differences: Vec<&str> = group.differences.iter().map(|(difference, _)| &**difference).collect();
        let mut causes: Vec<&str> =
            group.differences.iter().filter_map(|(_, cause)| cause.as_deref()).collect();
        causes.extend(group.because_of.iter().map(String::as_str));
        causes.sort_unstable();
        causes.dedup();
        row(group.change.word(), &group.who, &differences.join("\n"), &causes.join(", "));
    }
    for change in trust {
        let word = if change.change == Done::Added { "trusted" } else { "dropped" };
        row(word, &change.certificate, &format!("on {}", names(&change.units)), "");
    }
    for key in keys {
        row("key", &key.id, &key.differences.join("\n"), "");
    }
    page.push_str("</table>\n</section>\n");
}

fn rollout(comparison: &Comparison, page: &mut String) {
    if comparison.waves.is_empty() {
        return;
    }
    page.push_str("<section id=\"rollout\">\n<h2>Rollout</h2>\n<ol>\n");
    for wave in &comparison.waves {
        let _ = writeln!(page, "<li>{}\n<table>", escaped(wave.kind.title()));
        for step in &wave.steps {
            let hosts = step.hosts.join(", ");
            let (shown, all) = (escaped(&summary::hosts(step)), escaped(&hosts));
            let services = escaped(&services(&step.services));
            let _ = writeln!(page, "<tr><td title=\"{all}\">{shown}</td><td>{services}</td></tr>");
        }
        page.push_str("</table></li>\n");
    }
    page.push_str("</ol>\n</section>\n");
}

fn files(comparison: &Comparison, page: &mut String) {
    if comparison.units.is_empty() {
        return;
    }
    page.push_str("<section id=\"files\">\n<h2>Files</h2>\n");
    for (at, unit) in comparison.units.iter().enumerate() {
        files_of(unit, at < OPEN && unit.change == Done::Changed, page);
    }
    page.push_str("</section>\n");
}

fn files_of(unit: &UnitChange, open: bool, page: &mut String) {
    let were = if unit.were.is_empty() { String::new() } else { format!(", was {}", names(&unit.were)) };
    let open = if open { " open" } else { "" };
    let who = format!("{}{were}: {}", names(&unit.names), summary::files(unit.files.len()));
    let all = if unit.names.len() > 1 { unit.names.join(", ") } else { String::new() };
    let _ = writeln!(
        page,
        "<details{open}><summary class=\"{}\" title=\"{}\">{}</summary>",
        class(unit.change),
        escaped(&all),
        escaped(&who)
    );
    let own = summary::without_files(unit);
    if unit.change == Done::Changed && !own.is_empty() {
        let _ = writeln!(page, "<p>{}</p>", escaped(&services(&own)));
    }
    for file in &unit.files {
        file_of(file, page);
    }
    page.push_str("</details>\n");
}

fn file_of(file: &FileChange, page: &mut String) {
    let taken = if file.services.is_empty() { String::new() } else { services(&file.services) };
    let _ = writeln!(
        page,
        "<h3><span class=\"{}\">{}</span> <small>{}</small></h3>",
        class(file.change),
        escaped(&file.path),
        escaped(&taken)
    );
    if file.lines.is_empty() {
        return;
    }
    page.push_str("<pre>");
    for line in &file.lines {
        let class = match line {
            Line::Added { .. } | Line::Value { before: None, .. } => "added",
            Line::Removed { .. } | Line::Value { after: None, .. } => "removed",
            Line::Same { .. } | Line::Gap => "same",
            Line::Items { .. } | Line::Note { .. } | Line::Value { .. } => "changed",
        };
        let _ = writeln!(page, "<span class=\"{class}\">{}</span>", escaped(&line.to_string()));
    }
    page.push_str("</pre>\n");
}

fn class(change: Done) -> &'static str {
    match change {
        Done::Added => "added",
        Done::Changed => "changed",
        Done::Removed => "removed",
    }
}

/// Text that is text in a page, also within quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
