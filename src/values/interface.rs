//! Names of network interfaces.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::Invalid;

/// Bytes that the kernel has for a name (IFNAMSIZ, less the final zero).
const LONGEST: usize = 15;

/// A network interface as Linux names it: 1 to 15 bytes, and none that a configuration file would read as more
/// than a name (`dev_valid_name` of the kernel refuses spaces, `/` and `:`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface(Arc<str>);

impl Interface {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Interface {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.+~=".contains(c);
        let why = match text {
            "" => "it is empty".to_owned(),
            "." | ".." => "it is a directory".to_owned(),
            _ if text.len() > LONGEST => format!("it is longer than {LONGEST} bytes"),
            _ => match text.chars().find(|c| !allowed(*c)) {
                Some(' ') => "a space is not allowed in it".to_owned(),
                Some(c) if c.is_control() => "a control character is not allowed in it".to_owned(),
                Some(c) => format!("`{c}` is not allowed in it"),
                None => return Ok(Self(text.into())),
            },
        };
        let trimmed = text.trim();
        let of_parent =
            text.split_once('@').map(|(name, _)| name).filter(|name| name.parse::<Interface>().is_ok());
        if let Some(name) = of_parent {
            let help = format!(
                "write `{name}`: in the output of `ip link`, the part after `@` is the underlying interface"
            );
            return Err(Invalid::new(format!("`{text}` is not a network interface: {why}")).help(help));
        }
        let help = match trimmed != text && trimmed.parse::<Interface>().is_ok() {
            true => format!("write `{trimmed}`"),
            false => "write it as `ip link` shows it, such as `eth0`".to_owned(),
        };
        Err(Invalid::new(format!("`{text}` is not a network interface: {why}")).help(help))
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_kernel_gives() {
        for good in ["eth0", "enp0s31f6", "bond0.100", "br-lan", "wg_1", "fifteen-bytes-x"] {
            assert!(good.parse::<Interface>().is_ok(), "{good}");
        }
        for bad in [
            "",
            " ",
            "eth 0",
            "eth0 ",
            "eth0\n",
            "a/b",
            "eth0:1",
            "sixteen-bytes-xy",
            "..",
            "a#b",
            "a{",
            "a@b",
        ] {
            assert!(bad.parse::<Interface>().is_err(), "{bad:?}");
        }
    }
}
