//! Static pods: their networks, mounts, images and probes.

use super::{Fault, PODS, fault};

const API: &str = "hosts/master01/etc/kubernetes/manifests/kube-apiserver.yaml";
const ETCD: &str = "hosts/master02/etc/kubernetes/manifests/etcd.yaml";
const KUBELET: &str = "hosts/master03/var/lib/kubelet/config.yaml";

pub(super) const FAULTS: &[Fault] = &[
    fault(
        PODS,
        "an API server's pod with a network of its own",
        |tree| tree.edit(API, "hostNetwork: true", "hostNetwork: false"),
        &[
            "nobody-listens kube-apiserver master01",
            "nobody-listens kube-controller-manager.api master01",
            "nobody-listens kube-controller-manager.authentication master01",
            "nobody-listens kube-controller-manager.authorization master01",
            "nobody-listens kube-scheduler.api master01",
            "nobody-listens kube-scheduler.authentication master01",
            "nobody-listens kube-scheduler.authorization master01",
            "nobody-listens kube-vip.api master01",
        ],
        "without `hostNetwork: true`",
    ),
    fault(
        PODS,
        "an etcd's pod with a network of its own",
        |tree| tree.edit(ETCD, "  hostNetwork: true\n", ""),
        &[
            "nobody-listens etcd master02",
            "nobody-listens etcd.health master02",
            "nobody-listens etcd.peers master01,master03",
            "nobody-listens kube-apiserver.etcd masters",
        ],
        "without `hostNetwork: true`",
    ),
    fault(
        PODS,
        "ports of the host that lead to an API server's pod",
        |tree| {
            tree.edit(API, "hostNetwork: true", "hostNetwork: false");
            tree.edit(API, "containerPort: 6443", "containerPort: 6443\n      hostPort: 6443");
        },
        &[],
        "",
    ),
    fault(
        PODS,
        "a kubelet that reads no pods",
        |tree| tree.edit(KUBELET, "staticPodPath: /etc/kubernetes/manifests\n", ""),
        &[
            "does-not-start etcd master03",
            "does-not-start kube-apiserver master03",
            "does-not-start kube-controller-manager master03",
            "does-not-start kube-scheduler master03",
            "does-not-start kube-vip master03",
            "nobody-listens etcd.peers master01,master02",
            "nobody-listens kube-apiserver.etcd master01,master02",
        ],
        "nothing on this host starts it",
    ),
    fault(
        PODS,
        "an etcd that stores in its container",
        |tree| tree.edit(ETCD, "mountPath: /var/lib/etcd", "mountPath: /var/lib/etcd2"),
        &["input etcd master02"],
        "/var/lib/etcd is not mounted into the container",
    ),
    fault(
        PODS,
        "an etcd that stores in its pod",
        |tree| {
            let on_host = "    hostPath:\n      path: /var/lib/etcd\n      type: DirectoryOrCreate\n";
            tree.edit(ETCD, on_host, "    emptyDir: {}\n");
        },
        &["input etcd master02"],
        "comes from an `emptyDir`",
    ),
    fault(
        PODS,
        "an etcd that cannot store",
        |tree| {
            tree.edit(ETCD, "mountPath: /var/lib/etcd\n", "mountPath: /var/lib/etcd\n      readOnly: true\n")
        },
        &["input etcd master02"],
        "is mounted read-only",
    ),
    fault(
        PODS,
        "a mount of no known type",
        |tree| tree.edit(API, "type: Directory\n", "type: Dir\n"),
        &["does-not-start kube-apiserver master01"],
        "has an unknown type",
    ),
    fault(
        PODS,
        "a folder that is mounted as a file",
        |tree| tree.edit(API, "type: Directory\n", "type: File\n"),
        &["does-not-start kube-apiserver master01"],
        "expects a `File`",
    ),
    fault(
        PODS,
        "the image of another program",
        |tree| tree.edit(API, "/kube-apiserver:v", "/kube-scheduler:v"),
        &["does-not-start kube-apiserver master01"],
        "its image is the one of kube-scheduler",
    ),
    fault(
        PODS,
        "an image of one's own",
        |tree| tree.edit(API, "registry.k8s.io/kube-apiserver:v", "example.com/hardened/control-plane:v"),
        &[],
        "",
    ),
    fault(
        PODS,
        "a probe of another host",
        |tree| {
            let text = tree.read(API);
            let host = text.lines().find(|line| line.trim_start().starts_with("host: ")).unwrap();
            let other = tree.read(&API.replace("master01", "master02"));
            let other = other.lines().find(|line| line.trim_start().starts_with("host: ")).unwrap();
            tree.edit(API, host, other);
        },
        &["probe kube-apiserver master01"],
        "which is another host",
    ),
    fault(
        PODS,
        "a probe of a path that nobody may see",
        |tree| tree.edit(API, "path: /livez", "path: /live"),
        &["probe kube-apiserver master01"],
        "uses /live, which requires a credential",
    ),
    fault(
        PODS,
        "an address that the running pod knows",
        |tree| {
            let text = tree.read(API);
            let flag = text.lines().find(|line| line.contains("--advertise-address=")).unwrap();
            tree.edit(API, flag, "    - --advertise-address=$(HOST_IP)");
            tree.edit(
                API,
                "    imagePullPolicy:",
                "    env:\n    - name: HOST_IP\n      valueFrom:\n        fieldRef:\n          fieldPath: \
                 status.hostIP\n    imagePullPolicy:",
            );
        },
        &[],
        "",
    ),
    fault(
        PODS,
        "an address to listen at that the running pod knows",
        |tree| {
            tree.edit(
                API,
                "    - --secure-port=6443",
                "    - --secure-port=6443\n    - --bind-address=$(HOST_IP)",
            );
            tree.edit(
                API,
                "    imagePullPolicy:",
                "    env:\n    - name: HOST_IP\n      valueFrom:\n        fieldRef:\n          fieldPath: \
                 status.hostIP\n    imagePullPolicy:",
            );
        },
        &[
            "unknown kube-controller-manager.api master01 -> 10.115.0.11:6443",
            "unknown kube-controller-manager.authentication master01 -> 10.115.0.11:6443",
            "unknown kube-controller-manager.authorization master01 -> 10.115.0.11:6443",
            "unknown kube-scheduler.api master01 -> 10.115.0.11:6443",
            "unknown kube-scheduler.authentication master01 -> 10.115.0.11:6443",
            "unknown kube-scheduler.authorization master01 -> 10.115.0.11:6443",
            "unknown kube-vip.api master01 -> 10.115.0.11:6443",
            "unread master01 /etc/kubernetes/manifests/kube-apiserver.yaml",
        ],
        "",
    ),
];
