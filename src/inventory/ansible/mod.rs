//! Reads Ansible inventories as Ansible's plugins `ini` and `yaml` do: hosts with ranges, nested groups, variables.
//!
//! The formats are described at <https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html>. Only
//! the one file is read, without `host_vars` and `group_vars`. Templates are not evaluated.

mod graph;
pub(super) mod ini;
mod ranges;
mod words;
pub(super) mod yaml;

pub(super) use graph::{Graph, NAME};
