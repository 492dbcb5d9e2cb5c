//! Parses texts into values, and reports errors at their location.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::plan::Text;
use crate::source::{Span, Spanned};
use crate::values::{Invalid, parse_address, parse_reached};

pub(super) fn parsed<T: FromStr<Err = Invalid>>(
    text: &Text,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    valid(text.value.parse(), text.span, code, diagnostics)
}

/// What something was called before, from which its keys derive; else its name, also where that is no name.
pub(super) fn identity<'a, T: FromStr<Err = Invalid>>(
    was: Option<&'a Text>,
    name: &'a str,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> &'a str {
    let was = was.filter(|was| parsed::<T>(was, code, diagnostics).is_some());
    was.map_or(name, |was| &was.value)
}

/// All that can be parsed.
pub(super) fn parsed_all<T: FromStr<Err = Invalid>>(
    texts: Option<&Vec<Text>>,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Vec<T> {
    texts.into_iter().flatten().filter_map(|text| parsed(text, code, diagnostics)).collect()
}

/// A key that may be absent: the outer `None` means that its value is wrong.
pub(super) fn optional<T: FromStr<Err = Invalid>>(
    text: Option<&Text>,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Option<Option<T>> {
    match text {
        Some(text) => parsed(text, code, diagnostics).map(Some),
        None => Some(None),
    }
}

pub(super) fn address(text: &Text, diagnostics: &mut Diagnostics) -> Option<IpAddr> {
    valid(parse_address(&text.value), text.span, Code::BadAddress, diagnostics)
}

/// An address at which other hosts can reach one.
pub(super) fn reached(text: &Text, diagnostics: &mut Diagnostics) -> Option<IpAddr> {
    valid(parse_reached(&text.value), text.span, Code::BadAddress, diagnostics)
}

pub(super) fn valid<T>(
    result: Result<T, Invalid>,
    span: Span,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(invalid) => {
            diagnostics.push(Diagnostic::new(code, invalid.message).at(span, "").maybe_help(invalid.help));
            None
        }
    }
}

/// A number within limits, which `message` says.
pub(super) fn number<T: TryFrom<i64> + PartialOrd>(
    written: &Spanned<i64>,
    limits: RangeInclusive<T>,
    message: &str,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let number = T::try_from(written.value).ok().filter(|number| limits.contains(number));
    if number.is_none() {
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(written.span, ""));
    }
    number
}

/// Reports a name that nothing has.
pub(super) fn unknown<'k>(
    code: Code,
    what: &str,
    text: &Text,
    known: impl IntoIterator<Item = &'k str>,
    diagnostics: &mut Diagnostics,
) {
    let message = format!("there is no {what} `{}`", text.value);
    let known: Vec<&str> = known.into_iter().collect();
    let none = known.is_empty().then(|| "the plan has none".to_owned());
    let help = none.or_else(|| did_you_mean(&text.value, known));
    diagnostics.push(Diagnostic::new(code, message).at(text.span, "").maybe_help(help));
}
