//! Parses hosts of the command line: `master01=10.0.0.1`, `node{01..05}=10.0.0.11`.

use std::net::IpAddr;
use std::str::FromStr;

use crate::printable;
use crate::values::{Family, Invalid, NodeName, offset, parse_address};

/// How many hosts a plan has at most.
pub const MOST_HOSTS: usize = 20_000;
/// Digits of a number in a name: a label has as many characters.
const DIGITS: usize = 63;

/// One host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: NodeName,
    /// Its addresses, the one first by which others reach it.
    pub addresses: Vec<IpAddr>,
}

/// One host, or several whose names and addresses count up together.
#[derive(Debug, Clone)]
pub enum Hosts {
    /// `NAME=ADDRESS`
    One(Host),
    /// `NAME{01..05}=ADDRESS`
    Range {
        /// The names with the range in braces, as pools write it.
        names: String,
        /// What stands before the braces, without what would end a name.
        stem: String,
        /// All of them; never empty.
        hosts: Vec<Host>,
    },
}

impl Hosts {
    /// Each host by itself.
    #[must_use]
    pub fn each(&self) -> &[Host] {
        match self {
            Hosts::One(host) => std::slice::from_ref(host),
            Hosts::Range { hosts, .. } => hosts,
        }
    }
}

impl FromStr for Hosts {
    type Err = Invalid;

    /// `NAME=ADDRESS`, perhaps with a second address behind a comma.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let Some((names, addresses)) = text.split_once('=') else {
            return Err(Invalid::new(format!(
                "`{}` has no address: write NAME=ADDRESS, for example master01=10.0.0.11",
                printable::line(text)
            )));
        };
        let first: Vec<IpAddr> = addresses.split(',').map(address).collect::<Result<_, _>>()?;
        let Some((before, rest)) = names.split_once('{') else {
            return Ok(Hosts::One(Host { name: name(names)?, addresses: first }));
        };
        let shown = printable::line(names);
        let range = rest.split_once('}').and_then(|(range, after)| {
            let (from, to) = range.split_once("..")?;
            Some((from, from.parse::<u32>().ok()?, to.parse::<u32>().ok()?, after))
        });
        let Some((written, from, to, after)) = range.filter(|(_, from, to, _)| from <= to) else {
            return Err(Invalid::new(format!(
                "`{shown}` has no range: write it like node{{01..05}}, with the first and the last number"
            )));
        };
        if usize::try_from(to - from).is_ok_and(|more| more >= MOST_HOSTS) {
            return Err(Invalid::new(format!("`{shown}` has more than {MOST_HOSTS} hosts")));
        }
        let of = |family: Family| first.iter().filter(|one| Family::of(one) == family).count();
        if of(Family::V4) > 1 || of(Family::V6) > 1 {
            return Err(Invalid::new(format!(
                "`{shown}` has several first addresses of one family: write one IPv4 address, one IPv6 address, or one of each"
            )));
        }
        let width = written.len();
        if width > DIGITS {
            return Err(Invalid::new(format!(
                "the first number of a range has {width} digits, and a name has no more than {DIGITS}"
            )));
        }
        let host = |number: u32| {
            let name = name(&format!("{before}{number:0width$}{after}"))?;
            let at = |first: &IpAddr| {
                offset(*first, u128::from(number - from))
                    .ok_or_else(|| Invalid::new(format!("there are not enough addresses after {first}")))
            };
            Ok(Host { name, addresses: first.iter().map(at).collect::<Result<_, Invalid>>()? })
        };
        let hosts = (from..=to).map(host).collect::<Result<_, Invalid>>()?;
        let stem = before.trim_end_matches(['-', '.', '_']).to_owned();
        Ok(Hosts::Range { names: names.to_owned(), stem, hosts })
    }
}

fn name(text: &str) -> Result<NodeName, Invalid> {
    text.parse().map_err(with_help)
}

fn address(text: &str) -> Result<IpAddr, Invalid> {
    parse_address(text.trim()).map_err(with_help)
}

/// The command line shows the message alone.
pub(super) fn with_help(invalid: Invalid) -> Invalid {
    let message = match invalid.help {
        Some(help) => format!("{}; {help}", invalid.message),
        None => invalid.message,
    };
    Invalid::new(printable::line(&message))
}
