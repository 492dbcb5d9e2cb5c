//! The `certificate` of expressions in files and manifests: markers for certificates and their keys.

use super::hole::{Filling, Hole};
use super::marker::Holes;
use crate::catalog::{Definition, Root};
use crate::expand::Blueprint;
use crate::expression::Record;
use crate::specification::CertificateIndex;

/// What a text can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Within {
    /// Lines of any number, as PEM has them.
    Lines,
    /// One value, as of YAML.
    Value,
}

/// Adds the fields that a text sees of one of the component's certificates, if it reads any.
pub(super) fn material(
    blueprint: &Blueprint<'_>,
    definition: &Definition,
    (certificate, made): (usize, CertificateIndex),
    within: Within,
    (record, holes): (Record, &mut Holes),
) -> Record {
    if !definition.reads.reads(Root::Certificate, &definition.certificates[certificate].field) {
        return record;
    }
    let chain = || Filling::Certificates(blueprint.chain(made));
    let key = || Filling::Key(made);
    let record = record
        .with("chain_base64", holes.marker(Hole::base64(chain())))
        .with("key_base64", holes.marker(Hole::base64(key())));
    match within {
        Within::Lines => record
            .with("chain", holes.marker(Hole::text(chain())))
            .with("key", holes.marker(Hole::text(key()))),
        Within::Value => record,
    }
}
