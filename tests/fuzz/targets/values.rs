//! Values that parse or say why not.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use pkiplan::values::{
    AlternativeName, Cidr, DnsName, Duration, HttpsUrl, Instant, KeyAlgorithm, NameConstraint, NodeName,
    SecretName, Selector, UnitId, Version, VersionRange, parse_address,
};
use pkiplan::write::{TreePath, UnitName};

/// Reads a text as every kind of value. What prints is read again as what it was.
pub(super) fn values(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let text = text.as_ref();
    again::<Cidr>(text);
    again::<Duration>(text);
    again::<Instant>(text);
    again::<KeyAlgorithm>(text);
    again::<SecretName>(text);
    again::<UnitId>(text);
    again::<Version>(text);
    let _ = HttpsUrl::from_str(text);
    let _ = NodeName::from_str(text);
    let _ = Selector::from_str(text);
    let _ = VersionRange::from_str(text);
    let _ = parse_address(text);
    let _ = (TreePath::new(text), UnitName::new(text));
    let names = [AlternativeName::from_str(text), AlternativeName::uri(text), AlternativeName::email(text)];
    let constraints =
        [DnsName::from_str(text).map(NameConstraint::Dns), Cidr::from_str(text).map(NameConstraint::Ip)];
    for (name, constraint) in names.iter().flatten().zip(constraints.iter().flatten()) {
        let _ = (constraint.concerns(name), constraint.holds(name), constraint.touches(name));
    }
}

fn again<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let written = value.to_string();
        assert_eq!(written.parse::<T>().ok().as_ref(), Some(&value), "{text:?} is written {written:?}");
    }
}
