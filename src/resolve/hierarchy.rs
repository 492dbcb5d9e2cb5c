//! Resolves which authority issues which: names, cycles, path lengths.

use std::collections::{BTreeMap, BTreeSet};

use super::imported;
use super::merged::Merged;
use super::model::{Authority, AuthorityIndex};
use super::parse::unknown;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::read::plan::AuthorityTable as Table;

/// What issues an authority, by its position among all that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Issuer {
    /// It is a root.
    Itself,
    Other(usize),
    /// One that could not be found, or that it issues itself.
    Poisoned,
}

/// What stands above an authority.
pub(super) enum Above<'a> {
    /// It is a root.
    Nothing,
    /// An authority with its position in the model.
    Authority(AuthorityIndex, &'a Authority),
    /// One that could not be resolved: nothing can be said of it.
    Poisoned,
}

/// The plan's authorities, and those of the profile whose purpose no other serves.
pub(super) fn merged(written: Written<'_>) -> Vec<Merged<'_, Table>> {
    let of_plan = written.document.authorities.as_slice();
    let of_profile = written.profile.known().map(|profile| profile.authorities.as_slice());
    let of_profile = of_profile.unwrap_or_default();
    let find = |name: &str| of_profile.iter().find(|(known, _)| known.value == name).map(|(_, table)| table);
    let mut merged: Vec<_> = of_plan
        .iter()
        .map(|(name, plan)| Merged { name, plan: Some(plan), profile: find(&name.value) })
        .collect();
    let served: BTreeSet<&str> = of_plan
        .iter()
        .flat_map(|(_, table)| table.serves.iter().flatten())
        .map(|text| text.value.as_str())
        .collect();
    for (name, table) in of_profile {
        let own = of_plan.iter().any(|(written, _)| written.value == name.value);
        if !own && !served.contains(name.value.as_str()) {
            merged.push(Merged { name, plan: None, profile: Some(table) });
        }
    }
    merged
}

/// The issuer of each authority.
pub(super) fn issuers(
    merged: &[Merged<'_, Table>],
    written: Written<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Issuer> {
    let index: BTreeMap<&str, usize> =
        merged.iter().enumerate().map(|(i, m)| (m.name.value.as_str(), i)).collect();
    let may_be_unread = written.document.unread.may_hold("authority") || written.profile.is_poisoned();
    let issuer = |authority: &Merged<'_, Table>| {
        let Some(text) = authority.get(|w| w.issuer.as_ref()) else {
            let unread = authority.plan.is_some_and(|plan| plan.unread.holds("issuer"));
            return if unread { Issuer::Poisoned } else { Issuer::Itself };
        };
        if let Some(found) = index.get(text.value.as_str()) {
            return Issuer::Other(*found);
        }
        if !may_be_unread {
            unknown(Code::UnknownAuthority, "authority", text, index.keys().copied(), diagnostics);
        }
        Issuer::Poisoned
    };
    merged.iter().map(issuer).collect()
}

/// All authorities, issuers before what they issue. A circle is reported whole, and nobody issues its members.
pub(super) fn order(
    merged: &[Merged<'_, Table>],
    issuers: &mut [Issuer],
    diagnostics: &mut Diagnostics,
) -> Vec<usize> {
    let mut order = Vec::new();
    let mut done = vec![false; merged.len()];
    for start in 0..merged.len() {
        let mut path = Vec::new();
        let mut next = Issuer::Other(start);
        while let Issuer::Other(i) = next
            && !done[i]
        {
            if let Some(from) = path.iter().position(|&p| p == i) {
                diagnostics.push(circle(merged, &path[from..]));
                path[from..].iter().for_each(|&p| issuers[p] = Issuer::Poisoned);
                break;
            }
            path.push(i);
            next = issuers[i];
        }
        for i in path.into_iter().rev() {
            done[i] = true;
            order.push(i);
        }
    }
    order
}

fn circle(merged: &[Merged<'_, Table>], circle: &[usize]) -> Diagnostic {
    let name = |i: &usize| merged[*i].name.value.as_str();
    let message = match circle {
        [only] => format!("authority `{}` is issued by itself", name(only)),
        _ => {
            let whole: Vec<&str> = circle.iter().chain(circle.first()).map(name).collect();
            format!("authorities issue one another in a circle: {}", whole.join(" <- "))
        }
    };
    let mut diagnostic = Diagnostic::new(Code::AuthorityCircle, message)
        .help("one of them must be a root: remove its `issuer`");
    for i in circle {
        if let Some(text) = merged[*i].get(|w| w.issuer.as_ref()) {
            diagnostic = diagnostic.at(text.span, format!("`{}` is issued here", name(i)));
        }
    }
    diagnostic
}

/// RFC 5280, 4.2.1.9: how many authorities may follow below. `tables` is what is written of each.
pub(super) fn path_lengths(
    authorities: &mut List<Authority>,
    tables: &List<Authority, &Merged<'_, Table>>,
    diagnostics: &mut Diagnostics,
) {
    let mut depth = authorities.map(|_| 0u8);
    for i in authorities.indices().rev() {
        if let Some(above) = authorities[i].issuer {
            depth[above] = depth[above].max(depth[i].saturating_add(1));
        }
    }
    for ((authority, table), depth) in authorities.iter_mut().zip(tables).zip(depth) {
        let written = table.get(|w| w.path_length.as_ref()).zip(authority.path_length);
        let Some((written, length)) = written else {
            authority.path_length = authority.issuer.map(|_| depth);
            imported::path_length(authority, depth, diagnostics);
            continue;
        };
        if length < depth {
            let message = format!(
                "authority `{}` allows {length} authorities below it, but the plan has {depth}",
                authority.name
            );
            let help = format!("write `path-length = {depth}` or more");
            diagnostics.push(Diagnostic::new(Code::PathLength, message).at(written.span, "").help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{self, Memory};
    use crate::source::Sources;

    /// Orders roots called `a`, `b` and so on, as if they had these issuers.
    fn ordered(issuers: &mut [Issuer]) -> (Vec<usize>, usize) {
        let tables = ["a", "b", "c", "d"].iter().take(issuers.len());
        let tables: String = tables.map(|name| format!("[authority.{name}]\n")).collect();
        let world = Memory::default().with("plan.toml", format!("format = 1\n{tables}"));
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let read = read::plan(&world, "plan.toml".as_ref(), None, &mut sources, &mut diagnostics);
        let (_, document) = read.unwrap();
        let authorities = document.authorities.iter();
        let merged: Vec<_> =
            authorities.map(|(name, table)| Merged { name, plan: Some(table), profile: None }).collect();
        let order = order(&merged, issuers, &mut diagnostics);
        (order, diagnostics.errors())
    }

    #[test]
    fn issuers_come_before_what_they_issue() {
        let mut issuers = [Issuer::Other(2), Issuer::Other(0), Issuer::Itself];
        assert_eq!(ordered(&mut issuers), (vec![2, 0, 1], 0));
    }

    #[test]
    fn nobody_issues_the_members_of_a_circle() {
        let mut issuers = [Issuer::Other(1), Issuer::Other(0), Issuer::Other(1), Issuer::Itself];
        let (order, errors) = ordered(&mut issuers);
        assert_eq!(errors, 1, "one circle is one mistake");
        assert_eq!(issuers, [Issuer::Poisoned, Issuer::Poisoned, Issuer::Other(1), Issuer::Itself]);
        let at = |index| order.iter().position(|&found| found == index).unwrap();
        assert!(order.len() == 4 && at(1) < at(2), "{order:?}");
    }
}
