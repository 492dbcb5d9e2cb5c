//! Which part of a VIP a component serves: its addresses, its port, or its addresses by VRRP.

/// What a component serves of a VIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serves {
    /// Its addresses: one of the nodes has them.
    Address,
    /// Its port: what comes in there is passed on to what stands behind the VIP.
    Port,
    /// Its addresses, by VRRP (RFC 9568), whose routers have numbers.
    Vrrp,
}
