//! Parses `--vip ADDRESS[:PORT][,ADDRESS]`.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::hosts::with_help;
use crate::printable;
use crate::values::{Invalid, parse_address};

/// The address in front of all API servers, with dual stack two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VipAddress {
    /// The addresses, not empty; that of clients first.
    pub addresses: Vec<IpAddr>,
    /// Its port, if somebody says which.
    pub port: Option<u16>,
}

impl FromStr for VipAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut vip = Self { addresses: Vec::new(), port: None };
        for one in text.split(',') {
            let (address, port) = address_and_port(one.trim())?;
            if let (Some(one), Some(other)) = (vip.port, port)
                && one != other
            {
                return Err(Invalid::new(format!(
                    "the ports {one} and {other} differ: a VIP has one port for all of its addresses"
                )));
            }
            vip.addresses.push(address);
            vip.port = vip.port.or(port);
        }
        Ok(vip)
    }
}

fn address_and_port(text: &str) -> Result<(IpAddr, Option<u16>), Invalid> {
    if let Ok(both) = text.parse::<SocketAddr>()
        && both.port() != 0
    {
        let address = parse_address(&both.ip().to_string()).map_err(with_help)?;
        return Ok((address, Some(both.port())));
    }
    match parse_address(text) {
        Ok(address) => Ok((address, None)),
        Err(_) => Err(Invalid::new(format!(
            "`{}` is not an address: write ADDRESS or ADDRESS:PORT, for example 10.0.0.100:16443; with dual stack, \
             add the second address after a comma",
            printable::line(text)
        ))),
    }
}
