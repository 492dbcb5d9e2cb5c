//! Resolves `[file.NAME]` files that contain certificate revocation lists.

use super::authorities::Authorities;
use super::lookup::Lookup;
use super::merged::Merged;
use super::model::{AuthorityIndex, Held};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{AuthorityTable, OwnFileTable as Table, Text};
use crate::specification::CrlEncoding;

/// What such a file holds; none where something is wrong with it.
pub(super) fn held(
    (table, of): (&Table, &[Text]),
    authorities: &Authorities<'_>,
    tables: &[Merged<'_, AuthorityTable>],
    diagnostics: &mut Diagnostics,
) -> Option<Held> {
    let (mut found, mut whole): (Vec<AuthorityIndex>, bool) = (Vec::new(), true);
    for text in of {
        match one(text, authorities, tables, diagnostics) {
            Some(authority) if found.contains(&authority) => {}
            Some(authority) => found.push(authority),
            None => whole = false,
        }
    }
    if of.is_empty() {
        let message = "the file would contain no CRL";
        let help = "write `crl-of = \"AUTHORITY\"`, or a list of names";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(table.span, "").help(help));
        return None;
    }
    let encoding = encoding(table.format.as_ref(), diagnostics)?;
    if let (CrlEncoding::Der, [_, second, ..]) = (encoding, of) {
        let message = "a file in DER contains exactly one CRL";
        let help = "write one authority for each such file, or `format = \"pem\"`";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(second.span, "").help(help));
        return None;
    }
    whole.then_some(Held::Crls(found, encoding))
}

fn one(
    text: &Text,
    authorities: &Authorities<'_>,
    tables: &[Merged<'_, AuthorityTable>],
    diagnostics: &mut Diagnostics,
) -> Option<AuthorityIndex> {
    let index = match authorities.named(&text.value) {
        Lookup::Found(index) => index,
        Lookup::Unknown => {
            authorities.unknown(text, diagnostics);
            return None;
        }
        Lookup::Poisoned => return None,
    };
    if authorities.list[index].crl.is_some() {
        return Some(index);
    }
    let of_plan = tables.iter().filter(|merged| merged.name.value == text.value).filter_map(|m| m.plan);
    if of_plan.into_iter().all(|table| !table.unread.may_hold("crl")) {
        let message = format!("the contents of the CRL of `{}` are missing", text.value);
        let help = format!(
            "add the table `[authority.{}.crl]` with `number`, `issued` and `expires`, and with the revoked \
             certificates below `revoked`",
            text.value
        );
        diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(text.span, "").help(help));
    }
    None
}

fn encoding(written: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<CrlEncoding> {
    match written.map(|text| (text.value.as_str(), text.span)) {
        None | Some(("pem", _)) => Some(CrlEncoding::Pem),
        Some(("der", _)) => Some(CrlEncoding::Der),
        Some((other, span)) => {
            let message = format!("`{other}` is not a format of CRLs");
            let help = "write `pem`, which most programs read, or `der`";
            diagnostics.push(Diagnostic::new(Code::BadValue, message).at(span, "").help(help));
            None
        }
    }
}
