//! Ansible's inventories, as its plugins `ini` and `yaml` read them
//! (<https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html>): hosts with ranges, groups in groups,
//! variables of hosts and of groups.
//!
//! One file is read, and no `host_vars` or `group_vars` beside it; no template is filled in.

mod graph;
pub(super) mod ini;
mod ranges;
mod words;
pub(super) mod yaml;

pub(super) use graph::{Graph, NAME};
