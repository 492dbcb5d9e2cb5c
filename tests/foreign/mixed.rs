//! A rotation while hosts change one after the other: in every mixed state every connection is accepted. OpenSSL
//! judges the chains of both ends.
//!
//! Whatever a process has loaded is what its host had before the commit or what it has after it, for each file by
//! itself: some files are read again at once, some at a restart. So each of the four things that meet in a connection
//! (what the client trusts, what it shows, what the server shows, what it trusts) is tried old and new.

use std::collections::BTreeSet;
use std::fs;

use base64ct::{Base64, Encoding as _};

use crate::support::{Lab, certificate};

const MASTERS: [&str; 3] = ["master01", "master02", "master03"];
/// Its certificate is bootstrapped, and that of the other was handed over.
const WORKERS: [&str; 2] = ["node01", "node02"];
const CURRENT: &str = "var/lib/kubelet/pki/kubelet-client-current.pem";
const STEPS: [&str; 4] =
    ["use = 1, trust = [1]", "use = 1, trust = [1, 2]", "use = 2, trust = [1, 2]", "use = 2, trust = [2]"];

/// The trees of each commit of a rotation.
struct Rotation {
    lab: Lab,
    at: String,
}

impl Rotation {
    fn of(id: &str) -> Self {
        let lab = Lab::of("ha");
        lab.append("\n[keyring.bootstrap]\nkind = \"bootstrap-token\"\nvalidity = \"24h\"\n");
        lab.append("\n[node.node02.component.kubelet]\nsetting.identity = \"handover\"\n");
        let plan = lab.read("cluster.toml");
        // What the cluster signs by itself begins now.
        let now = lab.shell("date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%SZ").out;
        let rotation = Self { lab, at: now.trim().to_owned() };
        for (position, generations) in STEPS.iter().enumerate() {
            let text = format!("{plan}\n[{id}]\ngenerations = {{ {generations} }}\n");
            rotation.lab.write("cluster.toml", &text);
            let run = rotation.lab.run(&["build", "cluster.toml", "--at", &rotation.at]);
            assert_eq!(run.code, 0, "{run:#?}");
            rotation.shell(&format!("cp -a cluster.trees state{position}"));
        }
        rotation
    }

    fn shell(&self, script: &str) -> String {
        let run = self.lab.shell(&format!("set -e\n{script}"));
        assert_eq!(run.code, 0, "{run:#?}");
        run.out
    }

    fn host(&self, state: usize, host: &str) -> Host<'_> {
        Host { rotation: self, state, host: host.to_owned(), root: format!("state{state}/hosts/{host}") }
    }

    /// What a kubelet got from the cluster's signer in one state, and still shows in others.
    fn signed(&self, state: usize, node: &str) -> String {
        let signer = self.host(state, "master01");
        let (certificate, key) = (
            signer.flag("kube-controller-manager", "cluster-signing-cert-file"),
            signer.flag("kube-controller-manager", "cluster-signing-key-file"),
        );
        let name = format!("signed-{node}-{state}");
        self.shell(&format!(
            "openssl ecparam -name prime256v1 -genkey -noout -out {name}.key
            openssl req -new -key {name}.key -subj '/O=system:nodes/CN=system:node:{node}' -out {name}.csr
            printf 'keyUsage=critical,digitalSignature\\nextendedKeyUsage=clientAuth\\n' > {name}.ext
            openssl x509 -req -in {name}.csr -CA {certificate} -CAkey {key} -CAcreateserial -days 300 \
                -extfile {name}.ext -out {name}.crt 2>/dev/null"
        ));
        format!("{name}.crt")
    }

    /// Whether a chain leads to one of the trusted.
    fn accepts(&self, trusted: &str, shown: &str, purpose: &str, names: &[&str]) -> bool {
        let names: String = names.iter().map(|ip| format!(" -verify_ip {ip}")).collect();
        let script = format!(
            "openssl verify -x509_strict -purpose {purpose}{names} -CAfile {trusted} -untrusted {shown} {shown}"
        );
        self.lab.shell(&script).code == 0
    }
}

/// A host in one state.
struct Host<'r> {
    rotation: &'r Rotation,
    state: usize,
    host: String,
    root: String,
}

impl Host<'_> {
    fn path(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    fn read(&self, path: &str) -> String {
        self.rotation.lab.read(&self.path(path))
    }

    /// The file that a flag of a unit names.
    fn flag(&self, unit: &str, flag: &str) -> String {
        let text = self.read(&format!("/etc/systemd/system/{unit}.service"));
        let start = text.find(&format!("--{flag}=")).unwrap_or_else(|| panic!("{unit}: {flag}"));
        let value = text[start..].split_once('=').unwrap().1;
        self.path(value.split_whitespace().next().unwrap())
    }

    /// The file that a key of the kubelet's configuration names.
    fn configured(&self, key: &str) -> String {
        let text = self.read("/var/lib/kubelet/config.yaml");
        self.path(certificate::data(&text, key).unwrap_or_else(|| panic!("{key}: {text}")))
    }

    /// What a kubeconfig trusts, and what it shows; nothing where the cluster's signer made it.
    fn kubeconfig(&self, path: &str) -> (String, Option<String>) {
        let text = self.read(path);
        let name = format!("{}-{}-{}", self.host, self.state, path.replace('/', "-"));
        let unpacked = |key: &str| {
            let data = certificate::data(&text, key)?;
            let file = format!("{name}-{key}.pem");
            fs::write(self.rotation.lab.path(&file), Base64::decode_vec(data).unwrap()).unwrap();
            Some(file)
        };
        let named = |key: &str| certificate::data(&text, key).map(|path| self.path(path));
        let trusted = unpacked("certificate-authority-data").or_else(|| named("certificate-authority"));
        let shown = unpacked("client-certificate-data").or_else(|| named("client-certificate"));
        (trusted.unwrap(), shown.filter(|path| !path.ends_with(CURRENT)))
    }
}

/// One end of a connection in one state.
#[derive(Clone)]
struct End {
    trusts: String,
    shows: Vec<String>,
}

/// Two ends, each before and after the commit.
struct Connection {
    what: String,
    client: [End; 2],
    server: [End; 2],
    /// The address that is dialled.
    ip: &'static str,
}

impl Connection {
    /// Tries all that may meet; what is refused.
    fn refusals(&self, rotation: &Rotation) -> Vec<String> {
        let mut refused = Vec::new();
        for (client, server) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let (client, server) = (&self.client[client], &self.server[server]);
            let ends = [
                (&client.trusts, &server.shows, "sslserver", &[self.ip][..]),
                (&server.trusts, &client.shows, "sslclient", &[]),
            ];
            for (trusts, shows, purpose, names) in ends {
                let shown = shows.iter().filter(|shown| !rotation.accepts(trusts, shown, purpose, names));
                refused.extend(shown.map(|shown| format!("{}: {shown} by {trusts}", self.what)));
            }
        }
        refused
    }
}

/// Every connection of the cluster while hosts go from one commit to another.
fn connections(rotation: &Rotation, (before, after): (usize, usize)) -> Vec<Connection> {
    let both = |end: &dyn Fn(usize) -> End| [end(before), end(after)];
    let one = |path: String| vec![path];
    let mut all = Vec::new();
    let api = both(&|state| {
        let host = rotation.host(state, MASTERS[0]);
        let flag = |flag| host.flag("kube-apiserver", flag);
        End { trusts: flag("client-ca-file"), shows: one(flag("tls-cert-file")) }
    });
    // Kubelets show what they got in this state or, before the last commit, in any earlier one.
    let held: Vec<usize> = if after == 3 { vec![2, 3] } else { (0..=after).collect() };
    let kubeconfig = |path: &'static str, host: &'static str| {
        both(&|state| {
            let (trusts, shown) = rotation.host(state, host).kubeconfig(path);
            let rotates = path.ends_with("kubelet.conf") && WORKERS.contains(&host);
            let signed = held.iter().filter(|_| rotates).map(|&state| rotation.signed(state, host));
            let signed: Vec<String> = signed.collect();
            End { trusts, shows: shown.into_iter().chain(signed).collect() }
        })
    };
    for (host, paths) in [
        (MASTERS[1], &["controller-manager.conf", "scheduler.conf", "kubelet.conf", "kube-proxy.conf"][..]),
        (WORKERS[0], &["kubelet.conf", "kube-proxy.conf"]),
        (WORKERS[1], &["kubelet.conf", "kube-proxy.conf"]),
    ] {
        for name in paths {
            let path: &'static str = Box::leak(format!("/etc/kubernetes/{name}").into_boxed_str());
            let client = kubeconfig(path, host);
            let what = format!("{host} {name} to the API server, commit {after}");
            all.push(Connection { what, client, server: api.clone(), ip: "10.111.0.111" });
        }
    }
    let to_kubelet = both(&|state| {
        let host = rotation.host(state, MASTERS[0]);
        let flag = |flag| host.flag("kube-apiserver", flag);
        End { trusts: flag("kubelet-certificate-authority"), shows: one(flag("kubelet-client-certificate")) }
    });
    for (host, ip) in
        [(WORKERS[0], "10.111.0.104"), (WORKERS[1], "10.111.0.105"), (MASTERS[2], "10.111.0.103")]
    {
        let server = both(&|state| {
            let host = rotation.host(state, host);
            End { trusts: host.configured("clientCAFile"), shows: one(host.configured("tlsCertFile")) }
        });
        let what = format!("the API server to the kubelet of {host}, commit {after}");
        all.push(Connection { what, client: to_kubelet.clone(), server, ip });
    }
    let etcd = |trusts: &'static str, shows: &'static str, unit: &'static str, host: &'static str| {
        both(&|state| {
            let host = rotation.host(state, host);
            End { trusts: host.flag(unit, trusts), shows: one(host.flag(unit, shows)) }
        })
    };
    all.push(Connection {
        what: format!("the API server to etcd, commit {after}"),
        client: etcd("etcd-cafile", "etcd-certfile", "kube-apiserver", MASTERS[0]),
        server: etcd("trusted-ca-file", "cert-file", "etcd", MASTERS[1]),
        ip: "10.111.0.102",
    });
    all.push(Connection {
        what: format!("etcd to its peer, commit {after}"),
        client: etcd("peer-trusted-ca-file", "peer-cert-file", "etcd", MASTERS[0]),
        server: etcd("peer-trusted-ca-file", "peer-cert-file", "etcd", MASTERS[1]),
        ip: "10.111.0.102",
    });
    all
}

fn holds(id: &str) -> Rotation {
    let rotation = Rotation::of(id);
    for after in 1..STEPS.len() {
        let connections = connections(&rotation, (after - 1, after));
        assert_eq!(connections.len(), 13);
        let refused: Vec<String> = connections.iter().flat_map(|one| one.refusals(&rotation)).collect();
        assert!(refused.is_empty(), "{id}, commit {after}: {refused:#?}");
        // The front proxy's own client, which extension servers and API servers believe.
        for (shows, trusts) in
            [(after - 1, after - 1), (after - 1, after), (after, after - 1), (after, after)]
        {
            let flag = |state, flag| rotation.host(state, MASTERS[0]).flag("kube-apiserver", flag);
            let shown = flag(shows, "proxy-client-cert-file");
            let trusted = flag(trusts, "requestheader-client-ca-file");
            assert!(
                rotation.accepts(&trusted, &shown, "sslclient", &[]),
                "{id}: the front proxy, commit {after}"
            );
        }
    }
    rotation
}

#[test]
fn the_clusters_authority_with_kubelets_of_every_kind() {
    let rotation = holds("authority.kubernetes");
    // What the first key signed for a kubelet is refused after the last commit: that is what has to be confirmed.
    let clients = rotation.host(3, MASTERS[0]).flag("kube-apiserver", "client-ca-file");
    for node in WORKERS {
        let (early, late) = (rotation.signed(1, node), rotation.signed(2, node));
        assert!(!rotation.accepts(&clients, &early, "sslclient", &[]));
        assert!(rotation.accepts(&clients, &late, "sslclient", &[]));
        // The kubeconfig of a kubelet that has bootstrapped follows: it is a file of the tree.
        let trusts = |state| rotation.host(state, node).kubeconfig("/etc/kubernetes/kubelet.conf").0;
        let serving = |state| rotation.host(state, MASTERS[0]).flag("kube-apiserver", "tls-cert-file");
        assert!(rotation.accepts(&trusts(3), &serving(3), "sslserver", &[]), "{node}");
        assert!(!rotation.accepts(&trusts(0), &serving(3), "sslserver", &[]), "{node}");
    }
    // Two commits at once are refused by every kind of client.
    for commits in [(0, 2), (1, 3)] {
        let connections = connections(&rotation, commits);
        let broken = connections.iter().filter(|one| !one.refusals(&rotation).is_empty());
        let broken: Vec<&str> = broken.map(|one| one.what.as_str()).collect();
        assert_eq!(broken.len(), 11, "all but those of etcd: {broken:#?}");
    }
}

#[test]
fn the_authorities_of_etcd_and_of_the_front_proxy() {
    holds("authority.etcd");
    holds("authority.front-proxy");
}

/// Tokens that were signed before a commit, or by a controller manager that has not changed, are verified by API
/// servers that have changed and by those that have not.
#[test]
fn the_key_of_service_accounts() {
    let rotation = Rotation::of("keyring.service-account");
    rotation.shell("printf token > token");
    for after in 1..STEPS.len() {
        for (signs, verifies) in
            [(after - 1, after - 1), (after - 1, after), (after, after - 1), (after, after)]
        {
            let signer = rotation.host(signs, MASTERS[0]);
            let key = signer.flag("kube-controller-manager", "service-account-private-key-file");
            assert_eq!(
                rotation.lab.read(&key),
                rotation.lab.read(&signer.flag("kube-apiserver", "service-account-signing-key-file"))
            );
            rotation.shell(&format!("openssl dgst -sha256 -sign {key} -out signature token"));
            let public =
                rotation.host(verifies, MASTERS[1]).flag("kube-apiserver", "service-account-key-file");
            let keys = rotation.lab.read(&public);
            let end = "-----END PUBLIC KEY-----\n";
            let verified = keys.split_inclusive(end).any(|key| {
                rotation.lab.write("one.pub", key);
                rotation.lab.shell("openssl dgst -sha256 -verify one.pub -signature signature token").code
                    == 0
            });
            assert!(verified, "commit {after}: signed in {signs}, verified in {verifies}");
        }
    }
}

/// What an API server writes with its first key, one that has changed or has not can read.
#[test]
fn the_key_of_encryption() {
    let rotation = Rotation::of("keyring.encryption");
    let keys = |state: usize| -> Vec<String> {
        let path = rotation.host(state, MASTERS[0]).flag("kube-apiserver", "encryption-provider-config");
        let text = rotation.lab.read(&path);
        let lines = text.lines().map(|line| line.trim_start_matches(['-', ' ']));
        let pairs: Vec<&str> =
            lines.filter(|line| line.starts_with("name: ") || line.starts_with("secret: ")).collect();
        pairs.chunks(2).map(|pair| pair.join(" ")).collect()
    };
    for after in 1..STEPS.len() {
        let (old, new) = (keys(after - 1), keys(after));
        assert!(
            new.contains(&old[0]) && old.contains(&new[0]),
            "commit {after}: {} {}",
            old.len(),
            new.len()
        );
    }
    assert_eq!((keys(1).len(), keys(3).len()), (2, 1));
}

/// A node that joins in the middle of a rotation shows a token that every API server of any state has.
#[test]
fn tokens_of_a_file() {
    let lab = Lab::of("bootstrap-token-file");
    let plan = lab.read("cluster.toml");
    let groups = "groups = [\"system:kubelet-bootstrap\"]\n";
    assert_eq!(plan.matches(groups).count(), 1);
    let mut states: Vec<(BTreeSet<String>, String)> = Vec::new();
    for generations in STEPS {
        let more = format!("{groups}generations = {{ {generations} }}\n");
        lab.write("cluster.toml", &plan.replace(groups, &more));
        lab.build();
        let file = lab.read("cluster.trees/hosts/master/etc/kubernetes/token.csv");
        let known = file.lines().map(|line| line.split(',').next().unwrap().to_owned()).collect();
        let bootstrap = lab.read("cluster.trees/hosts/node1/etc/kubernetes/bootstrap.kubeconfig");
        let shown = certificate::data(&bootstrap, "token").unwrap().trim_matches('"').to_owned();
        states.push((known, shown));
    }
    for pair in states.windows(2) {
        let [(old, shown), (new, shown_next)] = pair else { unreachable!("two of them") };
        assert!(
            old.contains(shown)
                && new.contains(shown)
                && old.contains(shown_next)
                && new.contains(shown_next)
        );
    }
}
