//! Three members of etcd, started from the trees of three hosts, talk to one another and to nobody else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Daemon, Said, ask, find, free_ports, run, until};
use super::site::Site;
use super::unit::CommandLine;

pub(crate) const MASTERS: [(&str, &str); 3] =
    [("master01", "127.0.0.11"), ("master02", "127.0.0.12"), ("master03", "127.0.0.13")];

/// Members started from trees, with the client ports of each.
struct Members {
    site: Site,
    ports: [u16; 3],
    daemons: Vec<Daemon>,
}

#[test]
fn three_members_serve_whom_they_should() {
    let mut members = Members::start("kubeadm");
    let (site, ports) = (&members.site, members.ports);
    until("healthy", &mut members.daemons, || {
        let said = healthcheck(site, ports, &["endpoint", "health", "--cluster"]);
        let healthy = said.all().matches("is healthy").count() == 3;
        if said.well && healthy { Ok(()) } else { Err(said.all()) }
    });
    let said = healthcheck(site, ports, &["put", "greeting", "hello"]);
    assert!(said.well, "{}", said.all());
    for (n, (master, address)) in MASTERS.iter().enumerate() {
        let endpoint = format!("https://{address}:{}", ports[n]);
        let said = etcdctl(&site.host(master), &endpoint, &["get", "greeting", "--print-value-only"]);
        assert_eq!(said.out, "hello\n", "{master}: {}", said.all());
    }

    let pki = |file: &str| site.host("master02").join("etc/kubernetes/pki").join(file);
    let of = |name: &str| Some((pki(&format!("{name}.crt")), pki(&format!("{name}.key"))));
    for (n, (_, address)) in MASTERS.iter().enumerate() {
        let shake = |client| handshake(address, ports[n], &pki("etcd/ca.crt"), client);
        let welcome = shake(of("apiserver-etcd-client"));
        assert!(welcome.well, "{}", welcome.all());
        // Both were refused by the member, which says so, not by us.
        let nobody = shake(None);
        assert!(!nobody.well && nobody.all().contains("alert bad certificate"), "{}", nobody.all());
        let stranger = shake(of("apiserver-kubelet-client"));
        assert!(!stranger.well && stranger.all().contains("alert bad certificate"), "{}", stranger.all());
    }
}

/// Where the certificates of members and of the health check lie makes no difference to them.
#[test]
fn three_members_under_another_layout() {
    let mut members = Members::start("ssl");
    let (tree, port) = (members.site.host("master02"), members.ports[1]);
    until("healthy", &mut members.daemons, || {
        let endpoint = format!("https://127.0.0.12:{port}");
        let ssl = tree.join("etc/kubernetes/ssl/etcd");
        let pair = |name: &str| (ssl.join(format!("{name}.pem")), ssl.join(format!("{name}-key.pem")));
        let said = ask_members(
            &ssl.join("ca.pem"),
            &pair("healthcheck-client"),
            &endpoint,
            &["endpoint", "health", "--cluster"],
        );
        let healthy = said.all().matches("is healthy").count() == 3;
        if said.well && healthy { Ok(()) } else { Err(said.all()) }
    });
}

/// A fourth member joins three that know nothing of it.
#[test]
fn a_member_joins() {
    let (plan, ports) = plan(&version(&find("etcd")), "kubeadm");
    let [client, peer, metrics] = free_ports();
    let joining = format!(
        r#"
[node.etcd04]
addresses = ["127.0.0.14"]
roles = ["etcd"]

[node.etcd04.component.etcd]
setting = {{ client-port = {client}, peer-port = {peer}, metrics-port = {metrics}, joins = 1 }}
"#
    );
    let mut members = Members::of(&format!("{plan}{joining}"), ports);
    let add = ["member", "add", "etcd04", &format!("--peer-urls=https://127.0.0.14:{peer}")];
    until("added", &mut members.daemons, || {
        let said = healthcheck(&members.site, ports, &add);
        if said.well { Ok(()) } else { Err(said.all()) }
    });
    members.daemons.push(members.member("etcd04"));
    until("healthy", &mut members.daemons, || {
        let said = healthcheck(&members.site, ports, &["endpoint", "health", "--cluster"]);
        let healthy = said.all().matches("is healthy").count() == 4;
        if said.well && healthy { Ok(()) } else { Err(said.all()) }
    });
}

/// Somebody else's etcd: API servers trust its authority, whose key is nowhere near, and show it certificates of
/// an authority that it was told to accept.
#[test]
fn an_etcd_of_somebody_else() {
    let site = Site::empty();
    let [client, peer, metrics] = free_ports();
    site.rebuild(&borrowing(&their_authority(&site), client));
    let path = |file: &str| site.folder().join(file).display().to_string();
    let url = format!("https://127.0.0.1:{client}");
    let arguments = [
        ("data-dir", path("data")),
        ("listen-client-urls", url.clone()),
        ("advertise-client-urls", url),
        ("listen-peer-urls", format!("http://127.0.0.1:{peer}")),
        ("listen-metrics-urls", format!("http://127.0.0.1:{metrics}")),
        ("cert-file", path("server.crt")),
        ("key-file", path("server.key")),
        ("client-cert-auth", "true".to_owned()),
        ("trusted-ca-file", site.authority("etcd-clients").display().to_string()),
    ];
    let arguments = arguments.map(|(flag, value)| format!("--{flag}={value}"));
    let mut daemons = [Daemon::start("theirs", &find("etcd"), &arguments, site.folder())];
    // With what the API server's own flags say.
    let flags = CommandLine::read(&site.host("master01"), "kube-apiserver.service").arguments();
    let flag = |name: &str| {
        let value = flags.iter().find_map(|flag| flag.strip_prefix(&format!("--etcd-{name}=")));
        value.unwrap_or_else(|| panic!("{name}")).to_owned()
    };
    until("healthy", &mut daemons, || {
        let pair = (flag("certfile").into(), flag("keyfile").into());
        let said = ask_members(flag("cafile").as_ref(), &pair, &flag("servers"), &["endpoint", "health"]);
        if said.well { Ok(()) } else { Err(said.all()) }
    });
}

/// Makes an authority and a server's certificate as others would; the digest of the authority's key.
fn their_authority(site: &Site) -> String {
    let openssl = |line: &str| {
        let mut command = Command::new(find("openssl"));
        let said = ask(command.current_dir(site.folder()).args(line.split(' ')));
        assert!(said.well, "{line}: {}", said.all());
    };
    std::fs::create_dir(site.folder().join("plan.certs")).unwrap();
    let (ca, new) = ("plan.certs/authority.etcd-1.crt", "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes");
    openssl(&format!("req -x509 {new} -keyout ca.key -out {ca} -subj /CN=theirs -days 99"));
    openssl(&format!("req -new {new} -keyout server.key -out server.csr -subj /CN=theirs"));
    let names = "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n";
    std::fs::write(site.folder().join("names"), names).unwrap();
    openssl(&format!(
        "x509 -req -in server.csr -CA {ca} -CAkey ca.key -extfile names -days 9 -out server.crt"
    ));
    openssl(&format!("x509 -in {ca} -noout -pubkey -out ca.pub"));
    openssl("pkey -pubin -in ca.pub -outform DER -out ca.spki");
    openssl("dgst -sha256 -r -out digest ca.spki");
    std::fs::remove_file(site.folder().join("ca.key")).unwrap();
    let digest = std::fs::read_to_string(site.folder().join("digest")).unwrap();
    digest.split_whitespace().next().unwrap().to_owned()
}

fn borrowing(digest: &str, port: u16) -> String {
    format!(
        r#"
format = 1

[cluster]
name = "borrowing"
profile = "high-availability"
service-cidrs = ["10.96.0.0/16"]

[node.master01]
addresses = ["10.111.0.101"]
roles = ["control-plane"]

[external.etcd]
urls = ["https://127.0.0.1:{port}"]
clients = "etcd-clients"

[authority.etcd]
imported.1 = "sha256:{digest}"

[authority.etcd-clients]
"#
    )
}

/// The program's own help and its table agree.
#[test]
fn help_shows_no_flag_that_the_table_lacks() {
    let etcd = find("etcd");
    let version = version(&etcd);
    let help = run(&etcd, ["--help"]);
    let help = help.all();
    let shown: Vec<&str> = help.lines().filter_map(flag).collect();
    assert!(shown.len() > 50, "{help}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(folder.join("templates/flags/etcd.toml")).unwrap();
    let minor = |version: &str| version.split('.').nth(1).unwrap().parse::<u32>().unwrap();
    for flag in shown {
        let line = table.lines().find(|line| line.starts_with(&format!("{flag} = ")));
        let line = line.unwrap_or_else(|| panic!("etcd {version} has --{flag}"));
        let limit = |key: &str| {
            line.split(&format!("{key} = \"")).nth(1).map(|rest| minor(rest.split('"').next().unwrap()))
        };
        let now = minor(&version);
        let there =
            limit("since").is_none_or(|since| now >= since) && limit("until").is_none_or(|until| now < until);
        assert!(there, "etcd {version} has --{flag}: {line}");
    }
}

/// `  --name 'default'`
fn flag(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("--")?.split([' ', '=']).next()
}

impl Members {
    fn start(layout: &str) -> Self {
        let (plan, ports) = plan(&version(&find("etcd")), layout);
        Self::of(&plan, ports)
    }

    fn of(plan: &str, ports: [u16; 3]) -> Self {
        let mut members = Self { site: Site::build(plan), ports, daemons: Vec::new() };
        members.daemons = MASTERS.iter().map(|(master, _)| members.member(master)).collect();
        members
    }

    fn member(&self, node: &str) -> Daemon {
        let arguments = CommandLine::read(&self.site.host(node), "etcd.service").arguments();
        Daemon::start(&format!("etcd-{node}"), &find("etcd"), &arguments, self.site.folder())
    }
}

/// One host stands for three, so each member has ports of its own.
pub(crate) fn plan(version: &str, layout: &str) -> (String, [u16; 3]) {
    let ports: [[u16; 3]; 3] = [free_ports(), free_ports(), free_ports()];
    let mut plan = format!(
        r#"
format = 1

[cluster]
name = "three"
profile = "high-availability"
layout = "{layout}"
version = "1.36.2"
service-cidrs = ["10.96.0.0/16"]
endpoint = "node.master01"

[component.etcd]
version = "{version}"
"#
    );
    for ((master, address), [client, peer, metrics]) in MASTERS.iter().zip(ports) {
        write!(
            plan,
            r#"
[node.{master}]
addresses = ["{address}"]
roles = ["control-plane", "etcd"]

[node.{master}.component.etcd]
setting = {{ client-port = {client}, peer-port = {peer}, metrics-port = {metrics} }}
"#
        )
        .unwrap();
    }
    (plan, ports.map(|[client, ..]| client))
}

/// The version of an etcd, for the plan: flags differ from one to the next.
pub(crate) fn version(etcd: &Path) -> String {
    let said = run(etcd, ["--version"]);
    let version = said.out.lines().find_map(|line| line.strip_prefix("etcd Version: "));
    version.unwrap_or_else(|| panic!("{}", said.all())).to_owned()
}

/// Asks all members with the identity that the trees have for this.
fn healthcheck(site: &Site, ports: [u16; 3], words: &[&str]) -> Said {
    let endpoint = format!("https://{}:{}", MASTERS[0].1, ports[0]);
    etcdctl(&site.host(MASTERS[0].0), &endpoint, words)
}

/// Asks with the health check's certificate of a tree.
pub(crate) fn etcdctl(tree: &Path, endpoint: &str, words: &[&str]) -> Said {
    let pki = tree.join("etc/kubernetes/pki/etcd");
    let pair = (pki.join("healthcheck-client.crt"), pki.join("healthcheck-client.key"));
    ask_members(&pki.join("ca.crt"), &pair, endpoint, words)
}

pub(crate) fn ask_members(roots: &Path, client: &(PathBuf, PathBuf), endpoint: &str, words: &[&str]) -> Said {
    let mut command = Command::new(find("etcdctl"));
    command.env("ETCDCTL_API", "3").args([
        "--dial-timeout=3s",
        "--command-timeout=5s",
        "--endpoints",
        endpoint,
    ]);
    command.arg("--cacert").arg(roots).arg("--cert").arg(&client.0).arg("--key").arg(&client.1);
    ask(command.args(words))
}

/// One handshake. TLS 1.2, because a server of TLS 1.3 refuses a client only after its end.
pub(crate) fn handshake(address: &str, port: u16, roots: &Path, client: Option<(PathBuf, PathBuf)>) -> Said {
    let mut command = Command::new(find("openssl"));
    command.args(["s_client", "-brief", "-tls1_2", "-verify_return_error", "-verify_ip", address]);
    command.args(["-connect", &format!("{address}:{port}"), "-CAfile"]).arg(roots);
    if let Some((certificate, key)) = client {
        command.arg("-cert").arg(certificate).arg("-key").arg(key);
    }
    ask(&mut command)
}
