//! The section with what restarts, in which order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::summary::host_names;
use super::markup::{badge, escaped, section, unfolding};
use crate::compare::{Action, Comparison, ServiceChange, Step};

pub(super) fn rollout(comparison: &Comparison, page: &mut String) {
    if comparison.waves.is_empty() {
        return;
    }
    section("rollout", "Rollout", page, |page| {
        page.push_str("<ol>\n");
        for wave in &comparison.waves {
            let _ = writeln!(page, "<li><h3>{}</h3>\n<table>", escaped(wave.kind.title()));
            for step in &wave.steps {
                let _ =
                    writeln!(page, "<tr><td>{}</td><td>{}</td></tr>", hosts(step), actions(&step.services));
            }
            page.push_str("</table></li>\n");
        }
        page.push_str("</ol>\n");
    });
}

fn hosts(step: &Step) -> String {
    let all: Vec<&str> = step.hosts.iter().map(String::as_str).collect();
    let how = if step.one_by_one && all.len() > 1 { " <span class=\"dim\">one by one</span>" } else { "" };
    format!("{}{how}", unfolding(&host_names(&step.hosts), &all))
}

/// Services by what becomes of them; of none: nothing is started anew.
pub(super) fn actions(changes: &[ServiceChange]) -> String {
    let mut by_action: BTreeMap<(Action, Option<&str>), Vec<&str>> = BTreeMap::new();
    for change in changes {
        by_action.entry((change.action, change.version.as_deref())).or_default().push(&change.service);
    }
    if by_action.is_empty() {
        return "<span class=\"dim\">no restart</span>".to_owned();
    }
    let reported = by_action.into_iter().map(|((action, version), services)| {
        let version = version.map_or_else(String::new, |version| format!(" {version}"));
        let services = escaped(&format!("{}{version}", services.join(", ")));
        format!("<div>{} {services}</div>", badge(action.word()))
    });
    reported.collect()
}
