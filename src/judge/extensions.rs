//! Extensions of certificates (RFC 5280, 4.2): `processExtensions` of Go's crypto/x509 (parser.go).

use std::collections::BTreeSet;

use pkcs8::ObjectIdentifier;

use super::alternative_names::AlternativeNames;
use super::constraints::NameConstraints;
use super::malformed::Malformed;
use super::policy_extensions::PolicyExtensions;
use super::reader::{Reader, tag};
use crate::values::oid;

/// What extensions say.
#[derive(Debug, Clone, Default)]
pub(super) struct Extensions<'a> {
    /// None where the extension is absent.
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: KeyUsage,
    pub(super) extended_key_usage: ExtendedKeyUsage,
    /// None where the extension is absent.
    pub(super) alternative_names: Option<AlternativeNames<'a>>,
    /// None where the extension is absent.
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) policies: PolicyExtensions<'a>,
    pub(super) subject_key_identifier: &'a [u8],
    pub(super) authority_key_identifier: &'a [u8],
    /// The first critical extension that nobody understands: the content of its OID.
    pub(super) unhandled: Option<&'a [u8]>,
}

/// RFC 5280, 4.2.1.9
#[derive(Debug, Clone, Copy)]
pub(super) struct BasicConstraints {
    pub(super) is_authority: bool,
    pub(super) path_length: Option<u64>,
}

/// RFC 5280, 4.2.1.3. Go takes one without any bit for none at all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KeyUsage {
    any: bool,
    key_cert_sign: bool,
}

/// RFC 5280, 4.2.1.12. Go takes one without any purpose for none at all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExtendedKeyUsage {
    pub(super) present: bool,
    pub(super) any: bool,
    pub(super) server: bool,
    pub(super) client: bool,
}

/// One extension (RFC 5280, 4.1).
struct Extension<'a> {
    oid: &'a [u8],
    critical: bool,
    value: Reader<'a>,
}

impl KeyUsage {
    pub(super) fn signs_certificates(self) -> bool {
        self.key_cert_sign || !self.any
    }
}

impl<'a> Extensions<'a> {
    pub(super) fn parse(mut explicit: Reader<'a>) -> Result<Self, Malformed> {
        let mut list = explicit.inside(tag::SEQUENCE).ok_or(Malformed::Extensions)?;
        let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
        while !list.is_empty() {
            let extension =
                list.inside(tag::SEQUENCE).and_then(Extension::parse).ok_or(Malformed::Extensions)?;
            if !seen.insert(extension.oid) {
                return Err(Malformed::DuplicateExtension);
            }
            all.push(extension);
        }
        let mut found = Self::default();
        for extension in all {
            let handled = found.take(&extension)?;
            if extension.critical && !handled {
                found.unhandled = found.unhandled.or(Some(extension.oid));
            }
        }
        Ok(found)
    }

    /// Whether it is understood.
    fn take(&mut self, extension: &Extension<'a>) -> Result<bool, Malformed> {
        let value = extension.value;
        match ObjectIdentifier::from_bytes(extension.oid) {
            Ok(oid::KEY_USAGE) => self.key_usage = key_usage(value).ok_or(Malformed::KeyUsage)?,
            Ok(oid::BASIC_CONSTRAINTS) => {
                let found = basic_constraints(value).ok_or(Malformed::BasicConstraints)?;
                self.basic_constraints = Some(found);
            }
            Ok(oid::SUBJECT_ALTERNATIVE_NAME) => {
                let names = AlternativeNames::parse(value).ok_or(Malformed::AlternativeName)?;
                let known = !names.is_empty();
                self.alternative_names = Some(names);
                return Ok(known);
            }
            Ok(oid::NAME_CONSTRAINTS) => {
                let constraints = NameConstraints::parse(value).ok_or(Malformed::NameConstraints)?;
                let known = !constraints.has_unknown_kinds;
                self.name_constraints = Some(constraints);
                return Ok(known);
            }
            Ok(oid::EXTENDED_KEY_USAGE) => {
                self.extended_key_usage = extended_key_usage(value).ok_or(Malformed::ExtendedKeyUsage)?;
            }
            Ok(oid::SUBJECT_KEY_IDENTIFIER) => {
                extension.must_not_be_critical()?;
                let mut value = value;
                let identifier = value.element(tag::OCTET_STRING).ok_or(Malformed::SubjectKeyIdentifier)?;
                self.subject_key_identifier = identifier.content;
            }
            Ok(oid::AUTHORITY_KEY_IDENTIFIER) => {
                extension.must_not_be_critical()?;
                let found = authority_key_identifier(value).ok_or(Malformed::AuthorityKeyIdentifier)?;
                self.authority_key_identifier = found;
            }
            Ok(oid::AUTHORITY_INFORMATION_ACCESS) => {
                extension.must_not_be_critical()?;
                information_access(value).ok_or(Malformed::InformationAccess)?;
            }
            Ok(oid::CRL_DISTRIBUTION_POINTS) => {
                distribution_points(value).ok_or(Malformed::DistributionPoints)?;
            }
            Ok(oid::CERTIFICATE_POLICIES) => self.policies.policies(value)?,
            Ok(oid::POLICY_MAPPINGS) => self.policies.mappings(value)?,
            Ok(oid::POLICY_CONSTRAINTS) => self.policies.constraints(value)?,
            Ok(oid::INHIBIT_ANY_POLICY) => self.policies.inhibit_any(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'a> Extension<'a> {
    fn parse(mut reader: Reader<'a>) -> Option<Self> {
        let oid = reader.oid()?;
        let critical = if reader.next_is(tag::BOOLEAN) { reader.boolean()? } else { false };
        Some(Self { oid, critical, value: reader.inside(tag::OCTET_STRING)? })
    }

    fn must_not_be_critical(&self) -> Result<(), Malformed> {
        if self.critical { Err(Malformed::CriticalExtension) } else { Ok(()) }
    }
}

fn key_usage(mut value: Reader<'_>) -> Option<KeyUsage> {
    let bits = value.bits()?;
    Some(KeyUsage { any: (0..9).any(|bit| bits.at(bit)), key_cert_sign: bits.at(5) })
}

fn basic_constraints(mut value: Reader<'_>) -> Option<BasicConstraints> {
    let mut fields = value.inside(tag::SEQUENCE)?;
    let is_authority = if fields.next_is(tag::BOOLEAN) { fields.boolean()? } else { false };
    let path_length = match fields.next_is(tag::INTEGER) {
        true => Some(u64::try_from(fields.signed(tag::INTEGER)?).ok()?),
        false => None,
    };
    Some(BasicConstraints { is_authority, path_length })
}

fn extended_key_usage(mut value: Reader<'_>) -> Option<ExtendedKeyUsage> {
    let mut list = value.inside(tag::SEQUENCE)?;
    let mut found = ExtendedKeyUsage::default();
    while !list.is_empty() {
        found.present = true;
        match ObjectIdentifier::from_bytes(list.oid()?) {
            Ok(oid::ANY_USAGE) => found.any = true,
            Ok(oid::SERVER_AUTH) => found.server = true,
            Ok(oid::CLIENT_AUTH) => found.client = true,
            _ => {}
        }
    }
    Some(found)
}

/// RFC 5280, 4.2.1.1; one without an identifier is allowed.
fn authority_key_identifier<'a>(mut value: Reader<'a>) -> Option<&'a [u8]> {
    let mut fields = value.inside(tag::SEQUENCE)?;
    Some(fields.optional(tag::context(0))?.map_or(&[], |identifier| identifier.0))
}

/// RFC 5280, 4.2.2.1
fn information_access(mut value: Reader<'_>) -> Option<()> {
    let mut list = value.inside(tag::SEQUENCE)?;
    while !list.is_empty() {
        let mut description = list.inside(tag::SEQUENCE)?;
        description.oid()?;
        description.optional(tag::context(6))?;
    }
    Some(())
}

/// RFC 5280, 4.2.1.13
fn distribution_points(mut value: Reader<'_>) -> Option<()> {
    let mut list = value.inside(tag::SEQUENCE)?;
    while !list.is_empty() {
        let mut point = list.inside(tag::SEQUENCE)?;
        let Some(mut name) = point.optional(tag::explicit(0))? else { continue };
        let mut names = name.inside(tag::explicit(0))?;
        while names.next_is(tag::context(6)) {
            names.inside(tag::context(6))?;
        }
    }
    Some(())
}
