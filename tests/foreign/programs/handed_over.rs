//! An etcd that others run, and a client certificate that they hand over with its key: real etcd lets in the API server
//! with the files of its tree, and nobody else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::etcd::{ask_members, handshake};
use super::process::{Daemon, Said, ask, find, free_ports, until};
use super::site::Site;
use super::unit::CommandLine;

const NEW: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
const CLIENT: &str = "component.kube-apiserver.etcd-client";

/// Their files, in the folder of a plan.
struct Theirs {
    site: Site,
}

impl Theirs {
    fn openssl(&self, line: &str) {
        let mut command = Command::new(find("openssl"));
        let said = ask(command.current_dir(self.site.folder()).args(line.split(' ')));
        assert!(said.well, "{line}: {}", said.all());
    }

    fn authority(&self, name: &str) {
        self.openssl(&format!(
            "req -x509 {NEW} -keyout {name}.key -out {name}.crt -subj /CN={name} -days 99"
        ));
    }

    fn issue(&self, name: &str, authority: &str, extensions: &str) {
        fs::write(self.path("extensions"), extensions).unwrap();
        self.openssl(&format!("req -new {NEW} -keyout {name}.key -out {name}.csr -subj /O=theirs/CN={name}"));
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA {authority}.crt -CAkey {authority}.key -extfile extensions -days 9 -out {name}.crt"
        ));
    }

    fn client(&self, name: &str, authority: &str) {
        self.issue(name, authority, "keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n");
    }

    fn path(&self, file: &str) -> PathBuf {
        self.site.folder().join(file)
    }

    fn pkiplan(&self, line: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        command.args(line.split(' ')).current_dir(self.site.folder()).env_remove("SOURCE_DATE_EPOCH");
        ask(&mut command)
    }

    fn must(&self, line: &str) {
        let said = self.pkiplan(line);
        assert!(said.well, "{line}: {}", said.all());
    }

    /// What the API server's own flags say.
    fn flag(&self, name: &str) -> String {
        let flags = CommandLine::read(&self.site.host("master01"), "kube-apiserver.service").arguments();
        let value = flags.iter().find_map(|flag| flag.strip_prefix(&format!("--etcd-{name}=")));
        value.unwrap_or_else(|| panic!("{name}")).to_owned()
    }

    fn is_let_in(&self, daemons: &mut [Daemon], handed_over: &str) {
        let installed: PathBuf = self.flag("certfile").into();
        assert_eq!(der(&installed), der(&self.path(&format!("{handed_over}.crt"))));
        let pair = (installed, self.flag("keyfile").into());
        until("healthy", daemons, || {
            let words = ["endpoint", "health"];
            let said = ask_members(self.flag("cafile").as_ref(), &pair, &self.flag("servers"), &words);
            if said.well { Ok(()) } else { Err(said.all()) }
        });
        let words = ["put", "from", handed_over];
        let said = ask_members(self.flag("cafile").as_ref(), &pair, &self.flag("servers"), &words);
        assert!(said.well, "{}", said.all());
    }
}

fn der(certificate: &Path) -> Vec<u8> {
    let mut command = Command::new(find("openssl"));
    command.args(["x509", "-outform", "DER", "-in"]).arg(certificate);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", certificate.display());
    output.stdout
}

fn plan(port: u16) -> String {
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
"#
    )
}

#[test]
fn a_client_certificate_that_others_hand_over() {
    let theirs = Theirs { site: Site::empty() };
    let [client, peer, metrics] = free_ports();
    theirs.authority("etcd-ca");
    theirs.authority("stranger-ca");
    theirs.issue(
        "server",
        "etcd-ca",
        "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n",
    );
    theirs.client("first", "etcd-ca");
    theirs.client("second", "etcd-ca");
    theirs.client("stranger", "stranger-ca");

    fs::write(theirs.path("plan.toml"), plan(client)).unwrap();
    theirs.must("import --plan plan.toml --as authority.etcd etcd-ca.crt");
    // What another authority issued, a key of another certificate, and an authority.
    for (files, why) in [
        ("stranger.crt stranger.key", "was not issued by `authority.etcd/1`"),
        ("first.crt second.key", "the key is not that of"),
        ("server.key server.crt second.key", "two private keys"),
        ("etcd-ca.crt etcd-ca.key", "it is a CA certificate"),
    ] {
        let before = fs::read_to_string(theirs.path("plan.toml")).unwrap();
        let said = theirs.pkiplan(&format!("import --plan plan.toml --as {CLIENT} {files}"));
        let text = said.all().split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(!said.well && text.contains(why), "{files}: {text}");
        assert_eq!(fs::read_to_string(theirs.path("plan.toml")).unwrap(), before, "{files}");
    }
    theirs.must(&format!("import --plan plan.toml --as {CLIENT} first.crt first.key"));
    theirs.must("build plan.toml");

    let path = |file: &str| theirs.path(file).display().to_string();
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
        ("trusted-ca-file", path("etcd-ca.crt")),
    ];
    let arguments = arguments.map(|(flag, value)| format!("--{flag}={value}"));
    let mut daemons = [Daemon::start("theirs", &find("etcd"), &arguments, theirs.site.folder())];
    theirs.is_let_in(&mut daemons, "first");
    // The member refuses them, and says so.
    let pki = theirs.site.host("master01").join("etc/kubernetes/pki");
    let of_the_plan = pki.join("apiserver-kubelet-client");
    for stranger in [theirs.path("stranger"), of_the_plan] {
        let pair = (stranger.with_extension("crt"), stranger.with_extension("key"));
        let said = handshake("127.0.0.1", client, Path::new(&theirs.flag("cafile")), Some(pair));
        assert!(!said.well && said.all().contains("alert bad certificate"), "{}", said.all());
    }

    // They hand over another one with another key, before the first expires.
    theirs.must(&format!("import --plan plan.toml --as {CLIENT} second.key second.crt"));
    let text = fs::read_to_string(theirs.path("plan.toml")).unwrap();
    assert_eq!(text.matches("imported.etcd-client").count(), 1, "{text}");
    theirs.must("build plan.toml");
    theirs.is_let_in(&mut daemons, "second");
}
