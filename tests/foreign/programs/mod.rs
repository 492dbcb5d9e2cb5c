//! What real programs say of the trees: TLS libraries, kubectl, etcd, haproxy, keepalived, systemd and,
//! where there is one, a whole control plane.
//!
//! Nothing here skips because a program is missing: `tests/install` installs them.

mod balancing;
mod chains;
mod control_plane;
pub(crate) mod etcd;
mod fleet;
mod grpc;
mod handed_over;
mod kubeconfigs;
mod members;
mod mutual_tls;
mod one_authority;
pub(crate) mod process;
mod rotation;
mod site;
mod tls;
pub(crate) mod unit;
mod units;
