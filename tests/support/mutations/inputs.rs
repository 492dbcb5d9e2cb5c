//! Flags, fields and kubeconfigs.

use base64ct::{Base64, Encoding as _};

use super::{BALANCERS, Fault, GUIDE, PODS, PROXIES, UNITS, fault};

const UNIT: &str = "hosts/master02/etc/systemd/system";
const CONFIG: &str = "hosts/node01/etc/kubernetes/kubelet-conf.yml";

fn unit(name: &str) -> String {
    format!("{UNIT}/{name}.service")
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        GUIDE,
        "a flag that nobody knows",
        |tree| {
            tree.edit(&unit("kube-apiserver"), "--secure-port=6443", "--secure-port=6443 --secure-ports=1")
        },
        &["does-not-start kube-apiserver master02"],
        "does not know the flag `--secure-ports`",
    ),
    fault(
        GUIDE,
        "two programs at one port",
        |tree| {
            tree.edit(
                &unit("kube-scheduler"),
                "--leader-elect=true",
                "--leader-elect=true --secure-port=10257",
            );
        },
        &["port-taken kube-scheduler master02 -> kube-controller-manager master02"],
        "127.0.0.1:10257, where kube-controller-manager (https) of the same host listens",
    ),
    fault(
        GUIDE,
        "a flag that this version no longer knows",
        |tree| {
            tree.edit(&unit("kube-apiserver"), "--secure-port=6443", "--secure-port=6443 --insecure-port=0")
        },
        &["does-not-start kube-apiserver master02"],
        "does not know the flag `--insecure-port`",
    ),
    fault(
        PODS,
        "a flag of a pod that nobody knows",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/manifests/kube-scheduler.yaml";
            tree.edit(path, "- --leader-elect=true", "- --leader-elected=true");
        },
        &["does-not-start kube-scheduler master01"],
        "does not know the flag `--leader-elected`",
    ),
    fault(
        GUIDE,
        "a flag without its value",
        |tree| tree.edit(&unit("kube-scheduler"), "--leader-elect=true", "--leader-elect-lease-duration"),
        &["does-not-start kube-scheduler master02"],
        "has no value",
    ),
    fault(
        GUIDE,
        "a value of the wrong type",
        |tree| {
            tree.edit(
                &unit("kube-controller-manager"),
                "--allocate-node-cidrs=true",
                "--allocate-node-cidrs=maybe",
            )
        },
        &["does-not-start kube-controller-manager master02"],
        "does not take such a value",
    ),
    fault(
        GUIDE,
        "a word that is no flag",
        |tree| tree.edit(&unit("kube-scheduler"), "--leader-elect=true", "--leader-elect true"),
        &["does-not-start kube-scheduler master02"],
        "is not a flag",
    ),
    fault(
        GUIDE,
        "a field that nobody knows",
        |tree| tree.edit(CONFIG, "serverTLSBootstrap: false", "serverTlsBootstrap: false"),
        &["ignored kubelet node01"],
        "no field `serverTlsBootstrap`",
    ),
    fault(
        GUIDE,
        "a field of the wrong type",
        |tree| tree.edit(CONFIG, "port: 10250", "port: \"10250\""),
        &["does-not-start kubelet node01"],
        "port",
    ),
    fault(
        GUIDE,
        "a field that is written twice",
        |tree| tree.append(CONFIG, "port: 10251\n"),
        &["does-not-start kubelet node01"],
        "written twice",
    ),
    fault(
        GUIDE,
        "a configuration file that is missing",
        |tree| tree.remove(CONFIG),
        &["self-made kube-apiserver.kubelet masters -> kubelet node01", "does-not-start kubelet node01"],
        "its configuration file /etc/kubernetes/kubelet-conf.yml is missing",
    ),
    fault(
        GUIDE,
        "a kubeconfig that is missing",
        |tree| tree.remove("hosts/master02/etc/kubernetes/scheduler.kubeconfig"),
        &["input kube-scheduler master02"],
        "`--kubeconfig` of kube-scheduler names",
    ),
    fault(
        GUIDE,
        "a kubeconfig whose context is gone",
        |tree| {
            let path = "hosts/master02/etc/kubernetes/scheduler.kubeconfig";
            let text = tree.read(path);
            let line = text.lines().find(|line| line.starts_with("current-context: ")).unwrap();
            tree.edit(path, line, "current-context: other");
        },
        &["does-not-start kube-scheduler master02"],
        "has no entry with this name",
    ),
    fault(
        UNITS,
        "a server's port where nothing listens",
        |tree| tree.edit("hosts/node01/etc/kubernetes/kubelet.conf", ":16443", ":16444"),
        &["nobody-listens kubelet.api node01"],
        "10.111.0.111:16444, where nothing listens",
    ),
    fault(
        UNITS,
        "a server's port where something else listens",
        |tree| {
            tree.edit("hosts/node01/etc/kubernetes/kubelet.conf", "10.111.0.111:16443", "10.111.0.101:2379")
        },
        &["other-listens kubelet.api node01 -> etcd master01"],
        "10.111.0.101:2379, where etcd listens",
    ),
    fault(
        UNITS,
        "a server's address on a host without a server",
        |tree| {
            tree.edit(
                "hosts/node01/etc/kubernetes/kube-proxy.conf",
                "10.111.0.111:16443",
                "10.111.0.105:6443",
            )
        },
        &["nobody-listens kube-proxy.api node01"],
        "10.111.0.105:6443, where nothing listens",
    ),
    fault(
        UNITS,
        "a server's address on no host",
        |tree| tree.edit("hosts/node01/etc/kubernetes/kubelet.conf", "10.111.0.111:16443", "10.99.0.1:6443"),
        &["unknown kubelet.api node01 -> 10.99.0.1:6443"],
        "",
    ),
    fault(
        UNITS,
        "a server without TLS",
        |tree| tree.edit("hosts/node01/etc/kubernetes/kubelet.conf", "https://", "http://"),
        &["plain kubelet.api node01 -> kube-apiserver masters"],
        "without TLS",
    ),
    fault(
        UNITS,
        "a server's name that its certificate has not",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            tree.edit(path, "    server: ", "    tls-server-name: api.example\n    server: ");
        },
        &["name-missing kubelet.api node01 -> kube-apiserver masters"],
        "as api.example",
    ),
    fault(
        UNITS,
        "a kubeconfig that verifies nothing",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            let text = tree.read(path);
            let line = text.lines().find(|line| line.contains("certificate-authority-data: ")).unwrap();
            tree.edit(path, line, "    insecure-skip-tls-verify: true");
        },
        &["warning not-verified kubelet node01"],
        "does not verify the server",
    ),
    fault(
        UNITS,
        "a kubeconfig that verifies nothing and names an authority",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            tree.edit(path, "    server: ", "    insecure-skip-tls-verify: true\n    server: ");
        },
        &["does-not-start kubelet node01", "warning not-verified kubelet node01"],
        "insecure-skip-tls-verify",
    ),
    fault(
        UNITS,
        "a kubeconfig whose certificate is no Base64",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            tree.edit(path, "client-certificate-data: LS0t", "client-certificate-data: LS0-");
        },
        &["does-not-start kubelet node01", "no-certificate kubelet.api node01 -> kube-apiserver masters"],
        "not base64",
    ),
    fault(
        UNITS,
        "a kubeconfig whose key was damaged",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            let text = tree.read(path);
            let key = crate::support::certificate::data(&text, "client-key-data").unwrap();
            tree.edit(path, key, &key.replace("LS0tLS1CRUdJT", "LS0tLS1CRUdJX"));
        },
        &["broken kubelet.api node01 -> kube-apiserver masters", "input kubelet node01"],
        "no private key",
    ),
    fault(
        UNITS,
        "a kubeconfig whose authority is cut off",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            let text = tree.read(path);
            let authority = crate::support::certificate::data(&text, "certificate-authority-data").unwrap();
            tree.edit(path, authority, &authority[..authority.len() / 2 / 4 * 4]);
        },
        &["broken kubelet.api node01 -> kube-apiserver masters", "input kubelet node01"],
        "no certificate",
    ),
    fault(
        UNITS,
        "a kubeconfig that trusts the authority of etcd",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            let text = tree.read(path);
            let authority = crate::support::certificate::data(&text, "certificate-authority-data").unwrap();
            let other = tree.read("hosts/master01/etc/kubernetes/pki/etcd/ca.crt");
            tree.edit(path, authority, &Base64::encode_string(other.as_bytes()));
        },
        &["server-refused kubelet.api node01 -> kube-apiserver masters"],
        "no certificate of the trust bundle issued it",
    ),
    fault(
        UNITS,
        "a kubeconfig without a certificate",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            let text = tree.read(path);
            let line = text.lines().find(|line| line.contains("client-certificate-data: ")).unwrap();
            tree.edit(path, &format!("{line}\n"), "");
        },
        &["no-certificate kubelet.api node01 -> kube-apiserver masters"],
        "presents neither a certificate nor a token",
    ),
    fault(
        GUIDE,
        "kubelets are not verified",
        |tree| {
            tree.edit(
                &unit("kube-apiserver"),
                "  --kubelet-certificate-authority=/etc/kubernetes/pki/ca.pem \\\n",
                "",
            )
        },
        &["warning not-verified kube-apiserver master02"],
        "does not verify the server",
    ),
    fault(
        GUIDE,
        "kubelets are dialled by name",
        |tree| tree.edit(&unit("kube-apiserver"), "=InternalIP,ExternalIP,Hostname", "=Hostname"),
        &[],
        "",
    ),
    fault(
        GUIDE,
        "an API server that nobody may ask how it is",
        |tree| {
            tree.edit(
                &unit("kube-apiserver"),
                "--secure-port=6443",
                "--secure-port=6443 --anonymous-auth=false",
            )
        },
        &["rule kube-apiserver master02"],
        "no longer answers health checks",
    ),
    fault(
        GUIDE,
        "an API server that knows no nodes",
        |tree| {
            tree.edit(&unit("kube-apiserver"), "--authorization-mode=Node,RBAC", "--authorization-mode=RBAC")
        },
        &["rule kube-apiserver master02"],
        "gives kubelets no rights",
    ),
    fault(
        GUIDE,
        "an API server without clients' authorities",
        |tree| tree.edit(&unit("kube-apiserver"), "  --client-ca-file=/etc/kubernetes/pki/ca.pem \\\n", ""),
        &[
            "no-clients kube-controller-manager.api master02 -> kube-apiserver master02",
            "no-clients kube-controller-manager.authentication master02 -> kube-apiserver master02",
            "no-clients kube-controller-manager.authorization master02 -> kube-apiserver master02",
            "no-clients kube-scheduler.api master02 -> kube-apiserver master02",
            "no-clients kube-scheduler.authentication master02 -> kube-apiserver master02",
            "no-clients kube-scheduler.authorization master02 -> kube-apiserver master02",
            "no-clients kube-proxy.api all -> kube-apiserver master02",
            "no-clients kubelet.api all -> kube-apiserver master02",
            "no-clients user.kubeconfig admin,super-admin -> kube-apiserver master02",
        ],
        "has no client CA",
    ),
    fault(
        GUIDE,
        "a kubelet that lets everybody in",
        |tree| tree.edit(CONFIG, "anonymous:\n    enabled: false", "anonymous:\n    enabled: true"),
        &["warning anonymous kubelet node01"],
        "`authentication.anonymous.enabled`",
    ),
    fault(
        GUIDE,
        "a kubelet that lets everybody do everything",
        |tree| tree.edit(CONFIG, "mode: Webhook", "mode: AlwaysAllow"),
        &["everybody kubelet node01"],
        "`authorization.mode`",
    ),
    fault(
        GUIDE,
        "a kubelet without clients' authorities",
        |tree| tree.edit(CONFIG, "  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.pem\n", ""),
        &["no-clients kube-apiserver.kubelet masters -> kubelet node01"],
        "has no client CA",
    ),
    fault(
        GUIDE,
        "a kubelet at another port",
        |tree| tree.edit(CONFIG, "port: 10250", "port: 10260"),
        &[],
        "",
    ),
    fault(
        GUIDE,
        "an API server at another port",
        |tree| tree.edit(&unit("kube-apiserver"), "--secure-port=6443", "--secure-port=6444"),
        &[
            "nobody-listens haproxy.backends masters",
            "nobody-listens kube-controller-manager.api master02",
            "nobody-listens kube-controller-manager.authentication master02",
            "nobody-listens kube-controller-manager.authorization master02",
            "nobody-listens kube-scheduler.api master02",
            "nobody-listens kube-scheduler.authentication master02",
            "nobody-listens kube-scheduler.authorization master02",
            "rule kube-apiserver master02",
        ],
        "10.111.0.102:6443, where nothing listens",
    ),
    fault(
        PROXIES,
        "the local proxy at another port",
        |tree| tree.edit("hosts/node01/etc/haproxy/haproxy.cfg", "127.0.0.1:7443", "127.0.0.1:7444"),
        &["nobody-listens kube-proxy.api node01", "nobody-listens kubelet.api node01"],
        "127.0.0.1:7443, where nothing listens",
    ),
    fault(
        BALANCERS,
        "a backend at the wrong address",
        |tree| tree.edit("hosts/balancer01/etc/haproxy/haproxy.cfg", "10.114.0.12:6443", "10.114.0.31:6443"),
        &["nobody-listens haproxy.backends balancer01"],
        "10.114.0.31:6443, where nothing listens",
    ),
    fault(
        UNITS,
        "a node by the name of its host",
        |tree| {
            let path = "hosts/node01/etc/systemd/system/kubelet.service";
            tree.edit(path, "--hostname-override=node01", "--hostname-override=%H");
        },
        &[],
        "",
    ),
    fault(
        UNITS,
        "a kubelet without a configuration",
        |tree| {
            let path = "hosts/node01/etc/systemd/system/kubelet.service";
            let text = tree.read(path);
            let flag = text.split_whitespace().find(|word| word.starts_with("--config=")).unwrap();
            tree.edit(
                path,
                flag,
                "--tls-cert-file=/var/lib/kubelet/pki/kubelet.crt \\\n  \
                 --tls-private-key-file=/var/lib/kubelet/pki/kubelet.key \\\n  \
                 --client-ca-file=/etc/kubernetes/pki/ca.crt",
            );
        },
        &["everybody kubelet node01", "warning anonymous kubelet node01"],
        "lets every authenticated user do everything",
    ),
    fault(
        UNITS,
        "a scheduler with a server beside its kubeconfig",
        |tree| {
            tree.edit(
                &unit("kube-scheduler"),
                "--leader-elect=true",
                "--leader-elect=true --master=http://127.0.0.1:8080",
            )
        },
        &["nobody-listens kube-scheduler.api master02"],
        "127.0.0.1:8080, where nothing listens",
    ),
    fault(
        UNITS,
        "an API server without a front proxy",
        |tree| {
            let path = unit("kube-apiserver");
            let text = tree.read(&path);
            let is_kept =
                |line: &&str| !line.contains("--requestheader-") && !line.contains("--proxy-client-");
            let kept: Vec<&str> = text.lines().filter(is_kept).collect();
            tree.write(&path, &(kept.join("\n") + "\n"));
        },
        &[],
        "",
    ),
    fault(
        UNITS,
        "a front proxy without a certificate",
        |tree| {
            let path = unit("kube-apiserver");
            let text = tree.read(&path);
            let kept: Vec<&str> = text.lines().filter(|line| !line.contains("--proxy-client-")).collect();
            tree.write(&path, &(kept.join("\n") + "\n"));
        },
        &["no-certificate kube-apiserver.extensions master02 -> kube-apiserver master02"],
        "presents none",
    ),
    fault(
        UNITS,
        "an API server that signs no tokens",
        |tree| {
            let path = unit("kube-apiserver");
            let text = tree.read(&path);
            let is_kept = |line: &&str| !line.contains("--service-account-signing-key-file");
            let kept: Vec<&str> = text.lines().filter(is_kept).collect();
            tree.write(&path, &(kept.join("\n") + "\n"));
        },
        &["rule kube-apiserver master02"],
        "needs `--service-account-issuer` and `--service-account-signing-key-file`",
    ),
    fault(
        UNITS,
        "a kubeconfig without a credential",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/kubelet.conf";
            let text = tree.read(path);
            let is_kept = |line: &&str| !line.contains("client-certificate") && !line.contains("client-key");
            let kept: Vec<&str> = text.lines().filter(is_kept).collect();
            tree.write(path, &(kept.join("\n") + "\n").replace("  user:\n", "  user: {}\n"));
        },
        &["no-certificate kubelet.api node01 -> kube-apiserver masters"],
        "presents neither a certificate nor a token",
    ),
];
