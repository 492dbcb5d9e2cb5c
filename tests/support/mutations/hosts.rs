//! Modes, units, pods, proxies and addresses of hosts.

use super::{BALANCERS, FAMILIES, Fault, GUIDE, HARD, PODS, PROXIES, UNITS, fault};

const PROXY: &str = "hosts/balancer01/etc/haproxy/haproxy.cfg";
const NODE_PROXY: &str = "hosts/node01/etc/haproxy/haproxy.cfg";
const POD: &str = "hosts/master01/etc/kubernetes/manifests/kube-apiserver.yaml";
const DROP_IN: &str = "hosts/node01/etc/systemd/system/kubelet.service.d/10-kubelet.conf";

pub(super) const FAULTS: &[Fault] = &[
    fault(
        BALANCERS,
        "a proxy that leads nowhere",
        |tree| tree.edit(PROXY, "default_backend api", "default_backend other"),
        &["does-not-start haproxy balancer01"],
        "no section `other`",
    ),
    fault(
        BALANCERS,
        "a proxy in one section",
        |tree| {
            let text = tree.read(PROXY);
            let frontend = text.find("frontend api").unwrap();
            let backend = text.find("backend api\n").unwrap();
            let rest = text[backend..].replace("backend api\n", "");
            let listen = "listen stats\n  bind 127.0.0.1:8404\n\nlisten api\n  bind 0.0.0.0:6443\n";
            tree.write(PROXY, &(text[..frontend].to_owned() + listen + &rest));
        },
        &[],
        "",
    ),
    fault(
        BALANCERS,
        "a check of a path that nobody serves",
        |tree| tree.edit(PROXY, "uri /readyz", "uri /ready"),
        &[
            "broken kube-proxy.api master01,master02,master03,node01 -> 10.114.0.111:6443",
            "broken kubelet.api master01,master02,master03,node01 -> 10.114.0.111:6443",
            "broken user.kubeconfig admin,super-admin -> 10.114.0.111:6443",
            "check haproxy.backends balancer01 -> kube-apiserver masters",
        ],
        "checks the health of kube-apiserver at /ready",
    ),
    fault(
        BALANCERS,
        "a proxy's authorities in a file that is not there",
        |tree| tree.edit(PROXY, "ca-file /etc/kubernetes/pki/ca.crt", "ca-file /etc/haproxy/ca.crt"),
        &[
            "broken kube-proxy.api master01,master02,master03,node01 -> 10.114.0.111:6443",
            "broken kubelet.api master01,master02,master03,node01 -> 10.114.0.111:6443",
            "broken user.kubeconfig admin,super-admin -> 10.114.0.111:6443",
            "broken haproxy.backends balancer01 -> kube-apiserver masters",
            "input haproxy balancer01",
        ],
        "/etc/haproxy/ca.crt, which does not exist",
    ),
    fault(
        BALANCERS,
        "a check that verifies nothing",
        |tree| tree.edit(PROXY, "verify required", "verify none"),
        &["warning not-verified haproxy balancer01"],
        "haproxy does not verify the server",
    ),
    fault(
        BALANCERS,
        "a proxy that binds to the wrong port",
        |tree| tree.edit(PROXY, "bind 0.0.0.0:6443", "bind 0.0.0.0:6444"),
        &[],
        "",
    ),
    fault(
        PROXIES,
        "a proxy's server is at another address",
        |tree| tree.edit(NODE_PROXY, "server master03 10.116.0.13:6443", "server master03 10.116.0.32:6443"),
        &["nobody-listens haproxy.backends node01"],
        "10.116.0.32:6443, where nothing listens",
    ),
    fault(
        PROXIES,
        "a proxy asks in another name than the server has",
        |tree| tree.edit(NODE_PROXY, "verify required", "verify required verifyhost api.example"),
        &[
            "broken kube-proxy.api node01 -> 127.0.0.1:7443",
            "broken kubelet.api node01 -> 127.0.0.1:7443",
            "name-missing haproxy.backends node01 -> kube-apiserver masters",
        ],
        "haproxy connects to kube-apiserver as api.example",
    ),
    fault(
        PROXIES,
        "a proxy verifies nobody",
        |tree| {
            tree.edit(NODE_PROXY, "verify required", "verify none");
            let path = "hosts/node01/etc/kubernetes/pki/ca.crt";
            tree.copy("hosts/master01/etc/kubernetes/pki/etcd/ca.crt", path);
        },
        &[
            "client-refused kube-apiserver.kubelet masters -> kubelet node01",
            "foreign-authority kubelet node01",
            "warning not-verified haproxy node01",
        ],
        "haproxy does not verify the server",
    ),
    fault(
        BALANCERS,
        "both move another address",
        |tree| {
            for host in ["balancer01", "balancer02"] {
                tree.edit(
                    &format!("hosts/{host}/etc/keepalived/keepalived.conf"),
                    "10.114.0.111/32",
                    "10.114.0.112/32",
                );
            }
        },
        &[
            "nobody-listens kube-proxy.api master01,master02,master03,node01",
            "nobody-listens kubelet.api master01,master02,master03,node01",
            "nobody-listens user.kubeconfig admin,super-admin",
        ],
        "10.114.0.111:6443, where nothing listens",
    ),
    fault(
        BALANCERS,
        "one moves another address",
        |tree| {
            tree.edit("hosts/balancer02/etc/keepalived/keepalived.conf", "10.114.0.111/32", "10.114.0.112/32")
        },
        &[],
        "",
    ),
    fault(
        FAMILIES,
        "the address of one family is not moved",
        |tree| {
            for host in ["master01", "master02", "master03"] {
                let path = format!("hosts/{host}/etc/keepalived/keepalived.conf");
                tree.edit(&path, "    2001:db8:113::111/128\n", "    2001:db8:113::112/128\n");
            }
        },
        &[
            "nobody-listens kube-proxy.api all",
            "nobody-listens kubelet.api all",
            "nobody-listens user.kubeconfig admin,super-admin",
        ],
        "[2001:db8:113::111]:16443, where nothing listens",
    ),
    fault(
        HARD,
        "etcd cannot read its key",
        |tree| tree.edit("hosts/master01.json", "\"owner\": \"etcd\"", "\"owner\": \"root\""),
        &[
            "broken etcd.gateway master01 -> etcd master01",
            "broken etcd.health master01 -> etcd master01",
            "broken etcd.peers master01 -> etcd master02,master03",
            "broken etcd.peers master02,master03 -> etcd master01",
            "broken kube-apiserver.etcd masters -> etcd master01",
            "unreadable etcd master01",
        ],
        "runs as etcd and cannot read `--key-file`",
    ),
    fault(
        GUIDE,
        "everybody reads a key",
        |tree| tree.mode("hosts/master01/etc/etcd/ssl/etcd-key.pem", 0o644),
        &["warning open-to-others etcd master01"],
        "every user of the host can read",
    ),
    fault(
        GUIDE,
        "everybody reads a kubeconfig",
        |tree| tree.mode("hosts/master01/etc/kubernetes/scheduler.kubeconfig", 0o644),
        &["warning open-to-others kube-scheduler master01"],
        "every user of the host can read",
    ),
    fault(
        HARD,
        "a folder that etcd cannot enter",
        |tree| tree.mode("hosts/master01/etc/etcd", 0o700),
        &[
            "broken etcd.gateway master01 -> etcd master01",
            "broken etcd.health master01 -> etcd master01",
            "broken etcd.peers master01 -> etcd master02,master03",
            "broken etcd.peers master02,master03 -> etcd master01",
            "broken kube-apiserver.etcd masters -> etcd master01",
            "input etcd master01",
        ],
        "cannot enter it",
    ),
    fault(
        PODS,
        "a probe of the wrong port",
        |tree| tree.edit(POD, "containerPort: 6443", "containerPort: 6444"),
        &["probe kube-apiserver master01"],
        "uses port 6444, where it does not listen",
    ),
    fault(
        PODS,
        "a probe without TLS",
        |tree| tree.edit(POD, "scheme: HTTPS", "scheme: HTTP"),
        &["probe kube-apiserver master01"],
        "with the wrong scheme",
    ),
    fault(
        PODS,
        "a flag's file is not mounted",
        |tree| {
            let mount = "    - name: etc-kubernetes-encryption-configuration-yaml\n      mountPath: /etc/kubernetes/encryption-configuration.yaml\n      readOnly: true\n";
            tree.edit(POD, mount, "");
        },
        &["input kube-apiserver master01"],
        "/etc/kubernetes/encryption-configuration.yaml is not mounted",
    ),
    fault(
        PODS,
        "a folder with certificates is not mounted",
        |tree| {
            tree.edit(POD, "    - name: etc-kubernetes-pki\n      mountPath: /etc/kubernetes/pki\n      readOnly: true\n", "");
        },
        &[
            "broken kube-controller-manager.api master01 -> kube-apiserver master01",
            "broken kube-controller-manager.authentication master01 -> kube-apiserver master01",
            "broken kube-controller-manager.authorization master01 -> kube-apiserver master01",
            "broken kube-scheduler.api master01 -> kube-apiserver master01",
            "broken kube-scheduler.authentication master01 -> kube-apiserver master01",
            "broken kube-scheduler.authorization master01 -> kube-apiserver master01",
            "broken kube-apiserver.etcd master01 -> etcd masters",
            "broken kube-apiserver.extensions master01 -> kube-apiserver master01",
            "broken kube-apiserver.kubelet master01 -> kubelet all",
            "broken kube-controller-manager.pods masters -> kube-apiserver master01",
            "broken kube-proxy-daemon-set.api all -> kube-apiserver master01",
            "broken kube-vip.api master01 -> kube-apiserver master01",
            "broken kubelet.api all -> kube-apiserver master01",
            "broken user.kubeconfig admin,super-admin -> kube-apiserver master01",
            "input kube-apiserver master01",
        ],
        "/etc/kubernetes/pki/apiserver.crt is not mounted",
    ),
    fault(
        PODS,
        "a folder is mounted elsewhere",
        |tree| {
            tree.edit(
                "hosts/master02/etc/kubernetes/manifests/etcd.yaml",
                "mountPath: /etc/kubernetes/pki/etcd",
                "mountPath: /etc/etcd",
            )
        },
        &[
            "broken etcd.gateway master02 -> etcd master02",
            "broken etcd.health master02 -> etcd master02",
            "broken etcd.peers master02 -> etcd master01,master03",
            "broken etcd.peers master01,master03 -> etcd master02",
            "broken kube-apiserver.etcd masters -> etcd master02",
            "input etcd master02",
        ],
        "is not mounted into the container",
    ),
    fault(
        PODS,
        "a manifest is missing",
        |tree| tree.remove("hosts/master02/etc/kubernetes/manifests/etcd.yaml"),
        &[
            "does-not-start etcd master02",
            "nobody-listens etcd.peers master01,master03",
            "nobody-listens kube-apiserver.etcd masters",
        ],
        "nothing on this host starts it",
    ),
    fault(
        PODS,
        "a kubelet reads its pods elsewhere",
        |tree| {
            tree.edit(
                "hosts/master03/var/lib/kubelet/config.yaml",
                "staticPodPath: /etc/kubernetes/manifests",
                "staticPodPath: /etc/kubelet/manifests",
            )
        },
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
        "a manifest that is no YAML",
        |tree| tree.append("hosts/master01/etc/kubernetes/manifests/kube-scheduler.yaml", "  - [\n"),
        &["does-not-start kube-scheduler master01"],
        "it is not YAML",
    ),
    fault(
        GUIDE,
        "a drop-in that adds a command",
        |tree| tree.edit(DROP_IN, "ExecStart=\n", ""),
        &["does-not-start kubelet node01"],
        "it has several commands",
    ),
    fault(
        GUIDE,
        "a drop-in is missing",
        |tree| tree.remove(DROP_IN),
        &["self-made kube-apiserver.kubelet masters -> kubelet node01", "not-connected kubelet node01"],
        "kubelet does not connect to kube-apiserver: `--kubeconfig` is not set",
    ),
    fault(
        UNITS,
        "a file of variables is missing",
        |tree| {
            let path = "hosts/node01/etc/systemd/system/kubelet.service";
            tree.edit(path, "ExecStart=", "EnvironmentFile=/etc/default/kubelet\nExecStart=");
        },
        &["does-not-start kubelet node01"],
        "its environment file /etc/default/kubelet is missing",
    ),
    fault(
        UNITS,
        "a unit is missing",
        |tree| tree.remove("hosts/master01/etc/systemd/system/etcd.service"),
        &[
            "does-not-start etcd master01",
            "nobody-listens etcd.peers master02,master03",
            "nobody-listens kube-apiserver.etcd masters",
        ],
        "nothing on this host starts it",
    ),
];
