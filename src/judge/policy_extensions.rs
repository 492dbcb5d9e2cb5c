//! The certificate policy extensions (RFC 5280, 4.2.1.4, 4.2.1.5, 4.2.1.11 and 4.2.1.14).

use std::collections::BTreeSet;

use super::malformed::Malformed;
use super::reader::{Reader, tag};

/// What they say; policies are contents of OIDs.
#[derive(Debug, Clone, Default)]
pub(super) struct PolicyExtensions<'a> {
    pub(super) policies: Vec<&'a [u8]>,
    /// Issuer's policy, subject's policy.
    pub(super) mappings: Vec<(&'a [u8], &'a [u8])>,
    /// How many certificates may follow until each of these counts.
    pub(super) require_explicit: Option<i64>,
    pub(super) inhibit_mapping: Option<i64>,
    pub(super) inhibit_any: Option<i64>,
}

impl<'a> PolicyExtensions<'a> {
    pub(super) fn policies(&mut self, value: Reader<'a>) -> Result<(), Malformed> {
        self.policies = policies(value).ok_or(Malformed::CertificatePolicies)?;
        Ok(())
    }

    pub(super) fn mappings(&mut self, value: Reader<'a>) -> Result<(), Malformed> {
        self.mappings = mappings(value).ok_or(Malformed::PolicyMappings)?;
        Ok(())
    }

    pub(super) fn constraints(&mut self, value: Reader<'a>) -> Result<(), Malformed> {
        (self.require_explicit, self.inhibit_mapping) =
            constraints(value).ok_or(Malformed::PolicyConstraints)?;
        Ok(())
    }

    pub(super) fn inhibit_any(&mut self, mut value: Reader<'a>) -> Result<(), Malformed> {
        self.inhibit_any = Some(value.signed(tag::INTEGER).ok_or(Malformed::InhibitAnyPolicy)?);
        Ok(())
    }
}

fn policies<'a>(mut value: Reader<'a>) -> Option<Vec<&'a [u8]>> {
    let mut list = value.inside(tag::SEQUENCE)?;
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    while !list.is_empty() {
        let policy = list.inside(tag::SEQUENCE)?.element(tag::OBJECT_IDENTIFIER)?.content;
        if !seen.insert(policy) || !is_shortest(policy) {
            return None;
        }
        found.push(policy);
    }
    Some(found)
}

/// `newOIDFromDER` of oid.go: components of any size, in their shortest form (X.690, 8.19.2).
fn is_shortest(oid: &[u8]) -> bool {
    let first_of_a_component = |at: usize| at == 0 || oid[at - 1] & 0x80 == 0;
    let padded = (0..oid.len()).any(|at| oid[at] == 0x80 && first_of_a_component(at));
    !padded && oid.last().is_some_and(|last| last & 0x80 == 0)
}

fn mappings<'a>(mut value: Reader<'a>) -> Option<Vec<(&'a [u8], &'a [u8])>> {
    let mut list = value.inside(tag::SEQUENCE)?;
    let mut found = Vec::new();
    while !list.is_empty() {
        let mut mapping = list.inside(tag::SEQUENCE)?;
        let mut policy = || mapping.element(tag::OBJECT_IDENTIFIER).map(|policy| policy.content);
        found.push((policy()?, policy()?));
    }
    Some(found)
}

fn constraints(mut value: Reader<'_>) -> Option<(Option<i64>, Option<i64>)> {
    let mut fields = value.inside(tag::SEQUENCE)?;
    let mut field = |number| {
        let tag = tag::context(number);
        if fields.next_is(tag) { fields.signed(tag).map(Some) } else { Some(None) }
    };
    Some((field(0)?, field(1)?))
}
