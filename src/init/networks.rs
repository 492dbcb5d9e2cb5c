//! Chooses networks for services and pods that contain no host.

use std::net::IpAddr;

use crate::values::{Cidr, Family};

/// Candidates in the order of preference: what kubeadm and flannel take, then others of RFC 1918 and RFC 4193.
const SERVICES: [&str; 3] = ["10.96.0.0/16", "172.20.0.0/16", "192.168.192.0/20"];
const PODS: [&str; 3] = ["10.244.0.0/16", "172.24.0.0/16", "192.168.128.0/18"];
const SERVICES_V6: [&str; 2] = ["fd00:96::/112", "fd01:96::/112"];
const PODS_V6: [&str; 2] = ["fd00:244::/56", "fd01:244::/56"];

/// Networks for services, one for each family.
#[must_use]
pub fn services(families: &[Family], hosts: &[IpAddr], others: &[Cidr]) -> Vec<Cidr> {
    free(families, [&SERVICES, &SERVICES_V6], hosts, others)
}

/// Networks for pods, one for each family.
#[must_use]
pub fn pods(families: &[Family], hosts: &[IpAddr], others: &[Cidr]) -> Vec<Cidr> {
    free(families, [&PODS, &PODS_V6], hosts, others)
}

fn free(families: &[Family], [v4, v6]: [&[&str]; 2], hosts: &[IpAddr], others: &[Cidr]) -> Vec<Cidr> {
    let is_free = |cidr: &Cidr| {
        !hosts.iter().any(|host| cidr.contains(host)) && !others.iter().any(|other| cidr.overlaps(other))
    };
    let of_family = |family: &Family| {
        let candidates = if *family == Family::V4 { v4 } else { v6 };
        let all: Vec<Cidr> = candidates.iter().filter_map(|text| text.parse().ok()).collect();
        all.iter().copied().find(is_free).or_else(|| all.first().copied())
    };
    families.iter().filter_map(of_family).collect()
}
