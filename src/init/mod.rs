//! A first plan with comments that teach, from what a person says or from what kubeadm has on record.
//!
//! The text of the plan is a template, and what of kubeadm's configuration means what is a table: both stand in
//! `templates/init/`, so no component is known here.

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
