//! Real members of etcd.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::network::is_root;
use super::scene::{Flags, Played, Scene};
use crate::programs::process::{Daemon, Said, ask, find, tell};
use crate::support::mutations::tree::Tree;

/// Who etcd is where it is not to be root.
const SOMEBODY: &str = "65534";

/// Each member for itself, and who connects to it as a client.
pub(super) fn clients(scene: &Scene, tree: &Tree) -> Vec<Played> {
    let masters = scene.masters();
    let mut members: Vec<Daemon> = masters
        .iter()
        .map(|master| {
            let flags = Flags::of(&tree.path(&format!("hosts/{master}")), "etcd.service");
            let alone =
                format!("--initial-cluster={master}={}", flags.get("initial-advertise-peer-urls").unwrap());
            member(scene, tree, master, &[alone])
        })
        .collect();
    wait(|| {
        members.iter_mut().all(|member| member.ended() || member.log().contains("serving client traffic"))
    });
    let mut asked: Vec<Asked> = Vec::new();
    for master in &masters {
        let path = tree.path(&format!("hosts/{master}"));
        let api = Flags::of(&path, "kube-apiserver.service");
        let pair = (api.get("etcd-certfile").unwrap().into(), api.get("etcd-keyfile").unwrap().into());
        let roots = PathBuf::from(api.get("etcd-cafile").unwrap());
        let urls = api.get("etcd-servers").unwrap().split(',');
        for (server, url) in masters.iter().zip(urls) {
            asked.push(Asked {
                client: "kube-apiserver.etcd",
                host: master,
                server,
                url: url.to_owned(),
                pair: pair.clone(),
                roots: roots.clone(),
            });
        }
        let etcd = Flags::of(&path, "etcd.service");
        let pair = |end: &str| path.join(format!("etc/etcd/ssl/etcd-healthcheck-client{end}.pem"));
        if let Some(roots) = etcd.get("trusted-ca-file").filter(|_| pair("").is_file()) {
            for client in ["etcd.health", "etcd.gateway"] {
                asked.push(Asked {
                    client,
                    host: master,
                    server: master,
                    url: "https://127.0.0.1:2379".to_owned(),
                    pair: (pair(""), pair("-key")),
                    roots: roots.into(),
                });
            }
        }
    }
    at_once(asked, |asked| asked.play(scene))
}

/// Three members, and whom each of them reaches.
pub(super) fn peers(scene: &Scene, tree: &Tree) -> Vec<Played> {
    let masters = scene.masters();
    let mut members: Vec<Daemon> =
        masters.iter().map(|master| member(scene, tree, master, &["--log-level=debug".to_owned()])).collect();
    let mut found = BTreeMap::new();
    wait(|| {
        let ended: Vec<bool> = members.iter_mut().map(Daemon::ended).collect();
        let logs: Vec<String> = members.iter().map(Daemon::log).collect();
        let ids: Vec<Option<&str>> = logs.iter().map(|log| value(log, "local-member-id")).collect();
        for (from, log) in logs.iter().enumerate() {
            for (to, id) in ids.iter().enumerate().filter(|(to, _)| *to != from) {
                let became = match id {
                    _ if ended[from] || ended[to] => Some(Err(format!("{}{}", end(log), end(&logs[to])))),
                    Some(id) => reached(log, id),
                    None => None,
                };
                found.extend(became.map(|became| ((from, to), became)));
            }
        }
        found.len() == masters.len() * (masters.len() - 1)
    });
    let pairs = (0..masters.len()).flat_map(|from| (0..masters.len()).map(move |to| (from, to)));
    let played = pairs.filter(|(from, to)| from != to).map(|(from, to)| Played {
        client: "etcd.peers".to_owned(),
        host: masters[from].to_owned(),
        server: masters[to].to_owned(),
        dialled: format!("{}:2380", scene.address(masters[to])),
        became: found.remove(&(from, to)).unwrap_or_else(|| Err("it reached nobody in time".to_owned())),
    });
    played.collect()
}

/// What a member says of its way to another one: it has a stream to read from, or was refused, or neither yet.
fn reached(log: &str, id: &str) -> Option<Result<(), String>> {
    let of_it = || log.lines().filter(|line| line.contains(&format!("\"remote-peer-id\":\"{id}\"")));
    if of_it().any(|line| line.contains("stream-reader-type") && line.contains("\"established")) {
        return Some(Ok(()));
    }
    let dialled = format!("failed to dial {id} ");
    let refused: Vec<&str> =
        log.lines().filter(|line| line.contains(&dialled) && !line.contains("connection refused")).collect();
    // What the first one finds may be a member that has not started whole.
    (refused.len() > 4).then(|| Err(refused[4].to_owned()))
}

fn value<'l>(log: &'l str, key: &str) -> Option<&'l str> {
    log.split(&format!("\"{key}\":\"")).nth(1)?.split('"').next()
}

fn end(log: &str) -> String {
    log.lines().rev().take(3).map(|line| format!("{line}\n")).collect()
}

fn member(scene: &Scene, tree: &Tree, master: &str, more: &[String]) -> Daemon {
    let path = tree.path(&format!("hosts/{master}"));
    let folder = scene.fresh(&format!("etcd-{master}"));
    let data = format!("--data-dir={}", folder.join("data").display());
    let arguments = [Flags::of(&path, "etcd.service").all(), vec![data], more.to_vec()].concat();
    let text = tree.read(&format!("hosts/{master}/etc/systemd/system/etcd.service"));
    let (etcd, setpriv) = (find("etcd"), find("setpriv"));
    if !text.contains("\nUser=etcd\n") {
        return scene.network.start(master, &[&etcd], &arguments, &folder);
    }
    assert!(is_root(), "only root starts a program as somebody else");
    give(tree, master, &folder);
    let user = ["--reuid", SOMEBODY, "--regid", SOMEBODY, "--clear-groups", "--"].map(Path::new);
    let program: Vec<&Path> = [setpriv.as_path()].into_iter().chain(user).chain([etcd.as_path()]).collect();
    scene.network.start(master, &program, &arguments, &folder)
}

/// Gives files and folders to the owners that are written down beside the tree.
fn give(tree: &Tree, host: &str, own: &Path) {
    let written: serde_json::Value = serde_json::from_str(&tree.read(&format!("hosts/{host}.json"))).unwrap();
    let of_etcd = written["entries"].as_array().unwrap().iter().filter(|entry| entry["owner"] == "etcd");
    let root = tree.path(&format!("hosts/{host}"));
    // What is above a tree is no part of it.
    let above = ["", "hosts", &format!("hosts/{host}")].map(|path| tree.path(path));
    for folder in above.iter().map(PathBuf::as_path).chain(own.parent()) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let given = of_etcd.map(|entry| {
        let path = entry["path"].as_str().unwrap();
        let within = format!("hosts/{host}/{path}");
        if root.join(path).is_file() {
            // Files of good trees keep their owners.
            tree.copy(&within, &within);
        }
        root.join(path)
    });
    for path in given.chain([own.to_owned()]) {
        std::os::unix::fs::chown(path, Some(65534), Some(65534)).unwrap();
    }
}

/// Somebody who is to ask a member.
struct Asked<'a> {
    client: &'static str,
    host: &'a str,
    server: &'a str,
    url: String,
    pair: (PathBuf, PathBuf),
    roots: PathBuf,
}

impl Asked<'_> {
    fn play(&self, scene: &Scene) -> Played {
        let said = if self.client == "etcd.gateway" { self.gateway(scene) } else { self.read(scene) };
        Played {
            client: self.client.to_owned(),
            host: self.host.to_owned(),
            server: self.server.to_owned(),
            dialled: self.url.split("//").nth(1).unwrap_or_default().to_owned(),
            became: if said.well { Ok(()) } else { Err(said.all()) },
        }
    }

    /// With etcd's own client, which is also the API server's.
    fn read(&self, scene: &Scene) -> Said {
        let mut command = scene.at(self.host, "etcdctl");
        command.env("ETCDCTL_API", "3").args(["--dial-timeout=2s", "--command-timeout=3s"]);
        command.args(["--endpoints", &self.url, "--cacert"]).arg(&self.roots);
        command.arg("--cert").arg(&self.pair.0).arg("--key").arg(&self.pair.1);
        ask(command.args(["get", "greeting"]))
    }

    /// By HTTP, which the member passes on to itself.
    fn gateway(&self, scene: &Scene) -> Said {
        let mut command = scene.at(self.host, "openssl");
        command.args(["s_client", "-quiet", "-connect", "127.0.0.1:2379"]);
        command.arg("-cert").arg(&self.pair.0).arg("-key").arg(&self.pair.1);
        let asked = "POST /v3/kv/range HTTP/1.0\r\nContent-Length: 14\r\n\r\n{\"key\":\"eA==\"}";
        let said = tell(&mut command, asked);
        Said { well: said.out.starts_with("HTTP/1.0 200 "), ..said }
    }
}

/// All at once, since who is refused waits.
pub(super) fn at_once<T: Send, U: Send>(things: Vec<T>, each: impl Fn(T) -> U + Sync) -> Vec<U> {
    let each = &each;
    std::thread::scope(|scope| {
        let all: Vec<_> = things.into_iter().map(|thing| scope.spawn(move || each(thing))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// Waits for programs that are slow today, but not for ever: what they do then is what they do.
pub(super) fn wait(mut done: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !done() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(100));
    }
}
