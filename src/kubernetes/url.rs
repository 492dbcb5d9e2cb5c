//! URLs of kubeconfigs, which may contain a password (RFC 3986, 3.2.1), and their masking.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in place of what is not shown.
const MASK: &str = "***";

/// The password of a URL: what Go takes for it, behind the first `:` of all before the last `@` of the authority
/// (net/url, `parseAuthority`). A server has a scheme or none.
#[must_use]
pub fn password(url: &str) -> Option<Range<usize>> {
    let start = behind_scheme(url);
    let authority = url[start..].split(['/', '?', '#']).next()?;
    let end = authority.rfind('@')?;
    let password = authority[..end].find(':')? + 1;
    (password < end).then_some(start + password..start + end)
}

/// A URL as it may be shown: without all that could be a user or a password.
#[must_use]
pub fn without_user(url: &str) -> Cow<'_, str> {
    let Some(end) = url.rfind('@') else { return Cow::Borrowed(url) };
    Cow::Owned([&url[..behind_scheme(url)], MASK, &url[end..]].concat())
}

fn behind_scheme(url: &str) -> usize {
    let is_scheme =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    url.split_once("://").filter(|(scheme, _)| is_scheme(scheme)).map_or(0, |(scheme, _)| scheme.len() + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (url, secret, shown) in [
            ("https://10.0.0.1:6443", None, "https://10.0.0.1:6443"),
            ("https://[fd00::1]:6443/a:b", None, "https://[fd00::1]:6443/a:b"),
            ("https://me@10.0.0.1:6443", None, "https://***@10.0.0.1:6443"),
            ("https://me:pw@10.0.0.1:6443/x", Some("pw"), "https://***@10.0.0.1:6443/x"),
            ("https://me:p@w@10.0.0.1", Some("p@w"), "https://***@10.0.0.1"),
            ("me:pw@10.0.0.1:6443", Some("pw"), "***@10.0.0.1:6443"),
            // Go refuses it, and it is a password all the same.
            ("https://me:p/w@10.0.0.1", None, "https://***@10.0.0.1"),
            ("me:pw@x/://", Some("pw"), "***@x/://"),
        ] {
            assert_eq!((password(url).map(|at| &url[at]), &*without_user(url)), (secret, shown), "{url}");
        }
    }
}
