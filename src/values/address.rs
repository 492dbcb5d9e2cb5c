//! IP addresses and networks.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

use super::Invalid;

/// IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

/// A network: an address and a prefix length, with no bits set behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(IpNet);

impl Family {
    /// The family of an address.
    #[must_use]
    pub fn of(address: &IpAddr) -> Self {
        if address.is_ipv4() { Family::V4 } else { Family::V6 }
    }

    /// The bits of an address.
    #[must_use]
    pub fn bits(self) -> u8 {
        match self {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
    }
}

/// An IPv4 address whose numbers were written with leading zeros, without them: some programs read such numbers as octal ones.
fn without_zeros(text: &str) -> Option<String> {
    let plain = |number: &str| match number.trim_start_matches('0') {
        "" if !number.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    };
    let plain: Vec<String> = text.split('.').map(plain).collect();
    let plain = plain.join(".");
    plain.parse::<Ipv4Addr>().is_ok().then_some(plain)
}

/// An address that a host can have.
///
/// # Errors
/// When it is none, or unspecified, multicast, broadcast, reserved (RFC 1112, section 4), in the block of "this network" (RFC 1122, section 3.2.1.3), or an
/// IPv4 address in IPv6's clothes, which Go refuses in certificates.
pub fn parse_address(text: &str) -> Result<IpAddr, Invalid> {
    let Ok(address) = text.parse::<IpAddr>() else {
        let invalid = Invalid::new(format!("`{text}` is not an IP address"));
        return Err(match (text.split_once('/'), without_zeros(text)) {
            (Some((address, _)), _) if address.parse::<IpAddr>().is_ok() => {
                invalid.help(format!("write `{address}`"))
            }
            (_, Some(plain)) => invalid.help(format!("remove the leading zeros: `{plain}`")),
            _ => invalid.help("write an IPv4 or IPv6 address such as `10.0.0.1` or `fd00::1`"),
        });
    };
    let why = match address {
        _ if address.is_unspecified() => "it is the unspecified address",
        _ if address.is_multicast() => "it is a multicast address",
        IpAddr::V4(Ipv4Addr::BROADCAST) => "it is the broadcast address",
        IpAddr::V4(v4) if v4.octets()[0] >= 240 => "240.0.0.0/4 is reserved",
        IpAddr::V4(v4) if v4.octets()[0] == 0 => "0.0.0.0/8 is \"this network\"",
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => "it is an IPv4 address written as IPv6",
        _ => return Ok(address),
    };
    Err(Invalid::new(format!("`{text}` cannot be the address of a host: {why}")))
}

/// An address at which other hosts can reach one: not one of a single link, which in IPv6 means something only
/// together with an interface, and which kubelets refuse.
///
/// # Errors
/// As [`parse_address`] does, and when it is of one link alone.
pub fn parse_reached(text: &str) -> Result<IpAddr, Invalid> {
    let address = parse_address(text)?;
    let of_link = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    if of_link {
        let message = format!("others cannot reach a host at `{text}`: it is a link-local address");
        return Err(Invalid::new(message).help("write an address that is routed to the host"));
    }
    Ok(address)
}

impl Cidr {
    /// IPv4 or IPv6.
    #[must_use]
    pub fn family(&self) -> Family {
        Family::of(&self.0.addr())
    }

    /// Bits behind the prefix.
    #[must_use]
    pub fn host_bits(&self) -> u8 {
        self.0.max_prefix_len() - self.0.prefix_len()
    }

    /// The network's own address, and the bits of its prefix.
    #[must_use]
    pub fn parts(&self) -> (IpAddr, u8) {
        (self.0.network(), self.0.prefix_len())
    }

    /// Whether the address lies within.
    #[must_use]
    pub fn contains(&self, address: &IpAddr) -> bool {
        self.0.contains(address)
    }

    /// Whether the two have an address in common.
    #[must_use]
    pub fn overlaps(&self, other: &Cidr) -> bool {
        self.0.contains(&other.0.network()) || other.0.contains(&self.0.network())
    }

    /// The block that it has addresses of and that no host or service can have (RFC 6890), and what that is for.
    #[must_use]
    pub fn reserved(&self) -> Option<(Cidr, &'static str)> {
        const BLOCKS: [(IpAddr, u8, &str); 8] = [
            (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8, "\"this network\""),
            (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8, "loopback"),
            (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16, "link-local"),
            (IpAddr::V4(Ipv4Addr::new(224, 0, 0, 0)), 4, "multicast"),
            (IpAddr::V4(Ipv4Addr::new(240, 0, 0, 0)), 4, "reserved"),
            (IpAddr::V6(Ipv6Addr::UNSPECIFIED), 16, "reserved, with loopback in it"),
            (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10, "link-local"),
            (IpAddr::V6(Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0)), 8, "multicast"),
        ];
        BLOCKS.iter().find_map(|(address, prefix, what)| {
            let block = Cidr(IpNet::new(*address, *prefix).ok()?);
            block.overlaps(self).then_some((block, *what))
        })
    }

    /// The address at `index`, counted from the network's own.
    #[must_use]
    pub fn nth(&self, index: u128) -> Option<IpAddr> {
        let address = offset(self.0.network(), index)?;
        self.contains(&address).then_some(address)
    }

    /// The first and the last address.
    #[must_use]
    pub fn bounds(&self) -> (IpAddr, IpAddr) {
        (self.0.network(), self.0.broadcast())
    }
}

/// The address `index` places behind `first`; none past the end of the address space.
#[must_use]
pub(crate) fn offset(first: IpAddr, index: u128) -> Option<IpAddr> {
    match first {
        IpAddr::V4(v4) => {
            let value = u32::from(v4).checked_add(u32::try_from(index).ok()?)?;
            Some(Ipv4Addr::from(value).into())
        }
        IpAddr::V6(v6) => Some(Ipv6Addr::from(u128::from(v6).checked_add(index)?).into()),
    }
}

impl FromStr for Cidr {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let net: IpNet = text.parse().map_err(|_| {
            Invalid::new(format!("`{text}` is not a CIDR"))
                .help("write an address and a prefix length such as `10.96.0.0/12`")
        })?;
        if let IpAddr::V6(v6) = net.addr()
            && let Some(v4) = v6.to_ipv4_mapped()
        {
            // Its addresses would be mapped ones, and Go refuses certificates that hold one.
            let v4 = IpNet::new(v4.into(), net.prefix_len().saturating_sub(96)).unwrap_or(net).trunc();
            return Err(Invalid::new(format!("`{text}` is an IPv4 network written as IPv6"))
                .help(format!("write `{v4}`")));
        }
        if net.trunc() != net {
            return Err(Invalid::new(format!("`{text}` has bits set after its prefix"))
                .help(format!("write `{}`", net.trunc())));
        }
        Ok(Self(net))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let services: Cidr = "10.96.0.0/12".parse().unwrap();
        assert_eq!(services.nth(1).unwrap().to_string(), "10.96.0.1");
        assert_eq!(services.host_bits(), 20);
        assert!(services.overlaps(&"10.100.0.0/16".parse().unwrap()));
        assert!(!services.overlaps(&"10.244.0.0/16".parse().unwrap()));
        let masked = "10.1.2.3/8".parse::<Cidr>().unwrap_err();
        assert_eq!(masked.help.as_deref(), Some("write `10.0.0.0/8`"));
        let mapped = "::ffff:10.0.0.0/104".parse::<Cidr>().unwrap_err();
        assert_eq!(mapped.help.as_deref(), Some("write `10.0.0.0/8`"));
    }

    #[test]
    fn blocks_that_no_service_can_be_in() {
        let reserved = |text: &str| text.parse::<Cidr>().unwrap().reserved().is_some();
        let bad =
            ["127.1.0.0/16", "169.254.0.0/24", "0.0.0.0/12", "224.0.0.0/16", "240.0.0.0/8", "0.0.0.0/0"];
        for bad in bad.into_iter().chain(["::/112", "fe80::/64", "ff05::/112", "fe00::/7"]) {
            assert!(reserved(bad), "{bad}");
        }
        for good in ["10.96.0.0/12", "100.64.0.0/10", "192.168.0.0/16", "fd00::/112", "2001:db8::/108"] {
            assert!(!reserved(good), "{good}");
        }
    }

    #[test]
    fn leading_zeros_are_named() {
        let help = |text: &str| parse_address(text).unwrap_err().help.unwrap();
        assert_eq!(help("10.02.0.010"), "remove the leading zeros: `10.2.0.10`");
        assert_eq!(help("010.000.0.1"), "remove the leading zeros: `10.0.0.1`");
        for other in ["10.02.0", "10.02.0.256", "10..02.1", "", ".", "0x0a.0.0.1", "10.02.0.1/8", "fd00::g"] {
            assert!(!help(other).contains("zeros"), "{other}");
        }
    }

    #[test]
    fn addresses_of_hosts() {
        assert!(parse_address("10.0.0.1").is_ok());
        assert!(parse_address("fd00::1").is_ok());
        for bad in [
            "10.0.0",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "240.0.0.1",
            "254.1.2.3",
            "255.255.255.255",
            "::ffff:10.0.0.1",
            "10.0.0.1/24",
            "x",
        ] {
            assert!(parse_address(bad).is_err(), "{bad}");
        }
    }
}
