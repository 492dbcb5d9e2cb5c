//! Names, addresses, durations, versions, subjects: types whose parsers explain errors.

mod address;
mod alternative_name;
mod count;
pub(crate) mod der;
mod distinguished_name;
mod duration;
mod engine;
mod https_url;
mod id_parts;
mod instant;
mod interface;
mod key_algorithm;
mod name;
mod name_constraint;
pub mod oid;
mod plain_text;
mod rfc4514;
mod secret_name;
mod selector;
mod serial;
mod sorted;
mod subject;
mod text_constraint;
mod text_form;
mod trees;
mod unit_id;
mod version;

pub(crate) use address::offset;
pub use address::{Cidr, Family, parse_address, parse_reached};
pub use alternative_name::{AlternativeName, Usage};
pub use count::{counted, plural};
pub use distinguished_name::DistinguishedName;
pub use duration::Duration;
pub use engine::Engine;
pub use https_url::HttpsUrl;
pub use id_parts::IdParts;
pub use instant::Instant;
pub use interface::Interface;
pub use key_algorithm::KeyAlgorithm;
pub use name::{DnsName, Name, NodeName};
pub use name_constraint::NameConstraint;
pub use plain_text::{IDENTITY, PlainText, written_generations};
pub use rfc4514::Escaped;
pub use secret_name::{SecretEpoch, SecretName};
pub use selector::Selector;
pub use serial::Serial;
pub use sorted::Sorted;
pub use subject::{Attribute, Subject};
pub use text_constraint::TextConstraint;
pub use text_form::{TextForm, one_line};
pub use trees::TREES_MARKER;
pub use unit_id::UnitId;
pub use version::{Version, VersionRange};

/// Bytes in hexadecimal, lower case.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why a text is not a value, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// What is wrong: lower case, no final dot.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Invalid {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
