//! `--vip ADDRESS[:PORT]`

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::hosts::with_help;
use crate::printable;
use crate::values::{Invalid, parse_address};

/// The address in front of all API servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VipAddress {
    /// The address.
    pub address: IpAddr,
    /// Its port, if somebody says which.
    pub port: Option<u16>,
}

impl FromStr for VipAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if let Ok(both) = text.parse::<SocketAddr>()
            && both.port() != 0
        {
            let address = parse_address(&both.ip().to_string()).map_err(with_help)?;
            return Ok(Self { address, port: Some(both.port()) });
        }
        match parse_address(text) {
            Ok(address) => Ok(Self { address, port: None }),
            Err(_) => Err(Invalid::new(format!(
                "`{}` is no address: write ADDRESS or ADDRESS:PORT, for example 10.0.0.100:16443",
                printable::line(text)
            ))),
        }
    }
}
