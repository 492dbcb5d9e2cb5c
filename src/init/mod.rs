//! Writes a first plan with explanatory comments, from answers or from kubeadm's configuration.
//!
//! The template of the plan and the table for kubeadm's configuration are in `templates/init/`, so this module knows no
//! component by name.

mod given;
mod hosts;
mod kubeadm;
mod mapping;
mod networks;
mod nodes;
mod part;
mod plan;
mod vip;
mod written;

pub use given::Given;
pub use hosts::{Host, Hosts, MOST_HOSTS};
pub use kubeadm::{Place, Taken, kubeadm};
pub use networks::{pods, services};
pub use nodes::{Known, nodes};
pub use part::{Content, Line, Part, Wrong};
pub use plan::{Plan, version};
pub use vip::VipAddress;
