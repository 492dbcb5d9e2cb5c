//! The types of values that flags take.

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagKind {
    /// `true`, `false`
    Bool,
    /// CIDRs, joined by commas.
    Cidr,
    /// `10s`
    Duration,
    /// A file that the program reads, and never makes.
    File,
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

impl FlagKind {
    /// The kind that a flag table calls so.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "bool" => FlagKind::Bool,
            "cidr" => FlagKind::Cidr,
            "duration" => FlagKind::Duration,
            "file" => FlagKind::File,
            "float" => FlagKind::Float,
            "int" => FlagKind::Int,
            "ip" => FlagKind::Ip,
            "list" => FlagKind::List,
            "map" => FlagKind::Map,
            "path" => FlagKind::Path,
            "port" => FlagKind::Port,
            "string" => FlagKind::String,
            _ => return None,
        })
    }

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
            FlagKind::File | FlagKind::List | FlagKind::Path | FlagKind::String => true,
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
            FlagKind::File => "the path of a file",
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
