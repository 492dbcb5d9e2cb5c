//! Resolves subjects, and reports each wrong value at its location.

use super::parse::valid;
use crate::diagnostics::{Code, Diagnostics};
use crate::read::plan::Text;
use crate::values::{Attribute, Invalid, Subject};

/// A subject of attributes; none where one of them is wrong.
pub(super) fn subject<'t>(
    attributes: impl IntoIterator<Item = (Attribute, &'t Text)>,
    diagnostics: &mut Diagnostics,
) -> Option<Subject> {
    let mut subject = Some(Subject::default());
    for (attribute, text) in attributes {
        let longer = subject.clone().unwrap_or_default().with(attribute, &text.value);
        let longer = valid(trimmed(&text.value).and(longer), text.span, Code::BadSubject, diagnostics);
        subject = subject.and(longer);
    }
    subject
}

/// A common name and organizations.
pub(super) fn named<'t>(
    common_name: Option<&'t Text>,
    organizations: Option<&'t Vec<Text>>,
    diagnostics: &mut Diagnostics,
) -> Option<Subject> {
    let common_name = common_name.map(|text| (Attribute::CommonName, text));
    let organizations = organizations.into_iter().flatten().map(|text| (Attribute::Organization, text));
    subject(organizations.chain(common_name), diagnostics)
}

/// Users and groups are compared byte by byte: with a space at an end it is another one.
pub(super) fn trimmed(value: &str) -> Result<(), Invalid> {
    let without = value.trim();
    if without == value || without.is_empty() {
        return Ok(());
    }
    let message = format!("`{value}` starts or ends with a space, so it is not the same name as `{without}`");
    Err(Invalid::new(message).help(format!("write `{without}`")))
}
