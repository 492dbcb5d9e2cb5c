//! Manifests, kubeconfigs and whole trees as Kubernetes' own programs read them.

mod bootstrapping;
mod joining;
mod kubeadm;
mod people;
mod static_pods;
mod vips;
