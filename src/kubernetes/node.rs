//! Addresses of a Node object, in the order of the types that API servers prefer.
//!
//! See kubernetes.io/docs/reference/node/node-status/#addresses.

/// The address by which an API server reaches a kubelet: the first of the preferred types that the node has. A node
/// without a cloud has internal addresses and a host name.
#[must_use]
pub fn preferred_address<'a>(
    types: impl IntoIterator<Item = &'a str>,
    internal: Option<&'a str>,
    hostname: &'a str,
) -> Option<&'a str> {
    types.into_iter().find_map(|kind| match kind {
        "InternalIP" => internal,
        "Hostname" => Some(hostname),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::preferred_address;

    #[test]
    fn the_first_type_that_a_node_has_counts() {
        let of = |types: &[&'static str]| preferred_address(types.iter().copied(), Some("10.0.0.1"), "a");
        assert_eq!(of(&["ExternalIP", "InternalIP", "Hostname"]), Some("10.0.0.1"));
        assert_eq!(of(&["Hostname", "InternalIP"]), Some("a"));
        assert_eq!(of(&["ExternalDNS"]), None);
    }
}
