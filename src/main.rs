//! pkiplan
fn main() {}
