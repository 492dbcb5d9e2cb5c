//! Which flags a program knows, from which version to which, and what they take.

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::Literal;
use crate::read::catalog::FlagsDocument;
use crate::source::Spanned;
use crate::values::{Version, VersionRange};

/// The flags of one program.
#[derive(Debug)]
pub struct FlagTable {
    /// The program.
    pub program: String,
    /// The versions for which the table is complete.
    pub covers: VersionRange,
    flags: BTreeMap<String, Flag>,
}

/// One flag.
#[derive(Debug, Clone)]
pub struct Flag {
    /// What it takes.
    pub kind: FlagKind,
    /// Whether it may be given several times.
    pub repeated: bool,
    /// The first version that knows it.
    pub since: Option<Version>,
    /// The first version that does not know it any more.
    pub until: Option<Version>,
}

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagKind {
    /// `true`, `false`
    Bool,
    /// CIDRs, joined by commas.
    Cidr,
    /// `10s`
    Duration,
    /// `0.5`
    Float,
    /// `30`
    Int,
    /// An address.
    Ip,
    /// Texts joined by commas.
    List,
    /// `a=b,c=d`
    Map,
    /// A file or folder.
    Path,
    /// A port, or 0.
    Port,
    /// Text.
    String,
}

impl FlagTable {
    pub(super) fn load(document: &FlagsDocument, diagnostics: &mut Diagnostics) -> Self {
        let mut flags = BTreeMap::new();
        for (name, value) in &document.flags {
            match Flag::load(&value.value) {
                Some(flag) => {
                    flags.insert(name.value.clone(), flag);
                }
                None => diagnostics.push(
                    Diagnostic::new(
                        Code::BadValue,
                        format!("`{}` is not described in a way that is known", name.value),
                    )
                    .at(value.span, ""),
                ),
            }
        }
        let covers = document
            .covers
            .as_ref()
            .and_then(|text| super::compile::parsed(text, Code::BadVersion, diagnostics));
        Self { program: document.name.clone(), covers: covers.unwrap_or_default(), flags }
    }

    /// The flag, if `version` knows it.
    ///
    /// # Errors
    /// Why not: since or until when.
    pub fn find(&self, name: &str, version: &Version) -> Result<&Flag, Option<String>> {
        let flag = self.flags.get(name).ok_or(None)?;
        match (&flag.since, &flag.until) {
            (Some(since), _) if version < since => Err(Some(format!("there is one since {since}"))),
            (_, Some(until)) if version >= until => Err(Some(format!("it is gone since {until}"))),
            _ => Ok(flag),
        }
    }

    /// All names, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.flags.keys().map(String::as_str)
    }
}

impl Flag {
    fn load(literal: &Literal) -> Option<Self> {
        let word = |key: &str| literal.get(key).and_then(|v: &Spanned<Literal>| v.value.as_text());
        let name = literal.as_text().or_else(|| word("type"))?;
        let kind = match name {
            "bool" => FlagKind::Bool,
            "cidr" => FlagKind::Cidr,
            "duration" => FlagKind::Duration,
            "float" => FlagKind::Float,
            "int" => FlagKind::Int,
            "ip" => FlagKind::Ip,
            "list" => FlagKind::List,
            "map" => FlagKind::Map,
            "path" => FlagKind::Path,
            "port" => FlagKind::Port,
            "repeated" | "string" => FlagKind::String,
            _ => return None,
        };
        let repeated =
            name == "repeated" || literal.get("repeated").is_some_and(|r| r.value == Literal::Boolean(true));
        let version = |key: &str| word(key).and_then(|text| text.parse().ok());
        Some(Flag { kind, repeated, since: version("since"), until: version("until") })
    }
}

impl FlagKind {
    /// Whether `text` can be a value, and what to write otherwise.
    ///
    /// # Errors
    /// What the flag takes.
    pub fn check(self, text: &str) -> Result<(), &'static str> {
        let duration = |text: &str| {
            let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            text == "0"
                || (text.starts_with(|c: char| c.is_ascii_digit())
                    && rest.starts_with(['n', 'u', 'm', 's', 'h']))
        };
        let ok = match self {
            FlagKind::Bool => matches!(text, "true" | "false"),
            FlagKind::Cidr => text.split(',').all(|part| part.contains('/')),
            FlagKind::Duration => duration(text),
            FlagKind::Float => text.parse::<f64>().is_ok(),
            FlagKind::Int => text.parse::<i64>().is_ok(),
            FlagKind::Ip => text.parse::<std::net::IpAddr>().is_ok(),
            FlagKind::Map => text.is_empty() || text.split(',').all(|pair| pair.contains('=')),
            FlagKind::Port => text.parse::<u16>().is_ok(),
            FlagKind::List | FlagKind::Path | FlagKind::String => true,
        };
        if ok { Ok(()) } else { Err(self.word()) }
    }

    /// What the flag takes, in words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            FlagKind::Bool => "`true` or `false`",
            FlagKind::Cidr => "CIDRs",
            FlagKind::Duration => "a duration such as `10s`",
            FlagKind::Float => "a number",
            FlagKind::Int => "an integer",
            FlagKind::Ip => "an IP address",
            FlagKind::List => "a list",
            FlagKind::Map => "pairs `key=value`",
            FlagKind::Path => "a path",
            FlagKind::Port => "a port",
            FlagKind::String => "a string",
        }
    }
}
