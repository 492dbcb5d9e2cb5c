//! Builds that are killed: three hundred times the kernel ends the program at a moment that nobody chose.
//!
//! A third of the moments lies anywhere in the run, a third while the program stages, and a third after it has
//! replaced the lock, so that the short time in which hosts are exchanged is hit, too.
//! Whatever the moment was: each host is old or new and whole, the lock knows every certificate that can be
//! seen, and the next build ends with the same bytes as one that nobody disturbed.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and says where its kills hit")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::support::{AT, SECRET, State, state};
use sha2::{Digest as _, Sha256};

/// Kills over a site that was built before, and over one that has nothing but its plan.
const KILLS: [usize; 2] = [240, 60];

/// Hosts: enough that exchanging them takes a while.
const HOSTS: usize = 16;

const HEAD: &str = r#"
format = 1

[cluster]
name = "small"
version = "1.36"
layout = "kubeadm"

[authority.root]
generations = GENERATIONS

[certificate.web]
authority = "root"
usage = ["server", "client"]
nodes = "all"
node-names = true
dns = ["NAME"]
certificate-file = "/etc/web/tls.crt"
key-file = "/etc/web/tls.key"
roots-file = "/etc/web/ca.crt"
"#;

/// All hosts have the authority's bundle, so another generation changes each of them; another name issues
/// all certificates anew; the first host goes and another one comes.
fn plan(changed: bool) -> String {
    let (generations, name) = if changed {
        ("{ use = 1, trust = [1, 2] }", "new.web")
    } else {
        ("{ use = 1, trust = [1] }", "old.web")
    };
    let mut plan = HEAD.replace("GENERATIONS", generations).replace("NAME", name);
    let first = usize::from(changed);
    for n in first..first + HOSTS {
        plan.push_str(&format!("\n[node.host{n:02}]\naddresses = [\"10.0.0.{}\"]\n", n + 1));
    }
    plan
}

/// From when a moment is counted.
#[derive(Clone, Copy, Debug)]
enum From {
    Start,
    Staging,
    Lock,
}

const FROM: [From; 3] = [From::Start, From::Staging, From::Lock];

/// A folder with a plan, in memory where that can be had.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        Self(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
    }

    /// The same as another one.
    fn like(other: &Site) -> Self {
        let site = Self::new();
        crate::support::walk(other.0.path(), "", &mut |path, at| {
            let to = site.path(path);
            if at.is_dir() {
                fs::create_dir(&to).unwrap();
                fs::set_permissions(&to, at.metadata().unwrap().permissions()).unwrap();
            } else {
                fs::copy(at, &to).unwrap();
            }
        });
        site
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn state(&self) -> State {
        state(self.0.path())
    }

    fn start(&self, more: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        command.current_dir(self.0.path()).args(["build", "--quiet", "cluster.toml", "--at", AT]).args(more);
        command
            .env_remove("SOURCE_DATE_EPOCH")
            .env("GIT_CEILING_DIRECTORIES", self.0.path().parent().unwrap());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn build(&self, more: &[&str]) {
        let status = self.start(more).wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// Which file the lock is.
    fn lock(&self) -> Option<u64> {
        fs::symlink_metadata(self.path("cluster.lock")).ok().map(|metadata| metadata.ino())
    }

    /// Waits until the program has come so far; its status if it has come to its end.
    fn wait(&self, from: From, before: Option<u64>, child: &mut Child) -> Option<ExitStatus> {
        loop {
            let reached = match from {
                From::Start => true,
                From::Staging => self.path("cluster.trees/.pkiplan.staging").exists(),
                From::Lock => self.lock() != before,
            };
            if reached {
                return None;
            }
            if let Some(status) = child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::yield_now();
        }
    }

    /// How long a build takes as a whole, how long it stages, and how long it exchanges.
    fn lengths(&self) -> [Duration; 3] {
        let before = self.lock();
        let mut child = self.start(&[]);
        let [start, staging, lock] = FROM.map(|from| {
            self.wait(from, before, &mut child);
            Instant::now()
        });
        while self.path("cluster.trees/.pkiplan.staging").exists() {
            std::thread::yield_now();
        }
        let clean = Instant::now();
        assert!(child.wait().unwrap().success());
        [start.elapsed(), lock - staging, clean - lock]
    }

    /// Starts a build and kills it; `false` if that came too late.
    fn kill(&self, from: From, delay: Duration) -> bool {
        let before = self.lock();
        let mut child = self.start(&[]);
        let ended = self.wait(from, before, &mut child);
        let moment = Instant::now() + delay;
        while ended.is_none() && Instant::now() < moment {
            std::thread::yield_now();
        }
        // It may have ended by itself, and then there is nobody to kill.
        let _ = child.kill();
        let status = child.wait().unwrap();
        assert!(status.success() || status.signal() == Some(9), "{status}");
        status.signal() == Some(9)
    }
}

/// The state of each host.
fn hosts(state: &State) -> BTreeMap<String, State> {
    let mut hosts: BTreeMap<String, State> = BTreeMap::new();
    for (path, content) in state {
        let below = path.strip_prefix("cluster.trees/hosts/").and_then(|rest| rest.split_once('/'));
        if let Some((host, below)) = below {
            hosts.entry(host.to_owned()).or_default().insert(below.to_owned(), content.clone());
        }
    }
    hosts
}

fn lock(state: &State) -> &str {
    let bytes = state.get("cluster.lock").and_then(|(_, bytes)| bytes.as_deref());
    std::str::from_utf8(bytes.unwrap_or_default()).unwrap()
}

/// What can be seen, but for what is being staged.
fn visible(state: &State) -> impl Iterator<Item = (&String, u32, &[u8])> {
    let files = state.iter().filter_map(|(path, (mode, bytes))| Some((path, *mode, bytes.as_deref()?)));
    files.filter(|(path, ..)| !path.contains(".pkiplan.staging") && !path.ends_with(".new"))
}

/// Every certificate that can be seen is in one of the locks, and no key is anybody else's.
fn is_known(found: &State, locks: [&str; 2], what: &str) {
    for (path, (mode, _)) in found.iter().filter(|(path, _)| path.ends_with("cluster.secret")) {
        assert_eq!(*mode, 0o600, "{what}: {path}");
    }
    for (path, mode, bytes) in visible(found) {
        for pem in x509_parser::pem::Pem::iter_from_buffer(bytes).map(Result::unwrap) {
            match pem.label.as_str() {
                "CERTIFICATE" => {
                    let digest: String =
                        Sha256::digest(&pem.contents).iter().map(|byte| format!("{byte:02x}")).collect();
                    let known = locks.iter().any(|lock| lock.contains(&digest));
                    assert!(known, "{what}: no lock knows a certificate in {path}");
                }
                _ => assert_eq!(mode, 0o600, "{what}: {path}"),
            }
        }
    }
}

/// Numbers that are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    /// Between 0 and 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Where kills hit.
#[derive(Debug, Default)]
struct Hits {
    before: usize,
    staging: usize,
    exchanging: usize,
    after: usize,
    late: usize,
}

/// Kills builds of `site` until `kills` of them were hit, a quarter while they wrote and some in the exchange, and has `check` look at
/// each. When a kill comes is a matter of luck, so that it may take more of them.
fn kill(site: &Site, kills: usize, done: &State, mut check: impl FnMut(&Site, &State, &str)) -> Hits {
    let (mut hits, mut numbers, old) = (Hits::default(), Numbers(0x9e37_79b9_7f4a_7c15), site.state());
    let measured: Vec<_> = (0..3).map(|_| Site::like(site).lengths()).collect();
    let lengths = [0, 1, 2].map(|n| measured.iter().map(|lengths| lengths[n]).min().unwrap());
    for attempt in 0.. {
        let writing = hits.staging + hits.exchanging > kills / 4 && hits.exchanging > kills / 20;
        if attempt - hits.late >= kills && writing {
            break;
        }
        assert!(attempt < kills * 10, "too few hit: {hits:?}");
        let (from, killed) = (FROM[attempt % 3], Site::like(site));
        let delay = lengths[attempt % 3].mul_f64(numbers.next());
        if !killed.kill(from, delay) {
            hits.late += 1;
            continue;
        }
        let what = format!("{delay:?} after {from:?}");
        let found = killed.state();
        let staged = found.keys().any(|path| path.contains(".pkiplan.staging") || path.ends_with(".new"));
        match lock(&found) == lock(&old) {
            true if staged => hits.staging += 1,
            true => hits.before += 1,
            false if found == *done || !staged => hits.after += 1,
            false => hits.exchanging += 1,
        }
        check(&killed, &found, &what);
    }
    hits
}

#[test]
fn killed_while_hosts_change() {
    let site = Site::new();
    site.write("cluster.toml", &plan(false));
    site.write("cluster.secret", &format!("pkiplan-secret-1 {SECRET}\n"));
    site.build(&[]);
    site.write("cluster.toml", &plan(true));
    let reference = Site::like(&site);
    reference.build(&[]);
    let (old, new) = (site.state(), reference.state());
    let (before, then) = (hosts(&old), hosts(&new));
    assert!(before.iter().all(|(host, files)| then.get(host) != Some(files)), "a host does not change");
    let hits = kill(&site, KILLS[0], &new, |killed, found, what| {
        let hosts = hosts(found);
        for (host, files) in &hosts {
            assert!(
                before.get(host) == Some(files) || then.get(host) == Some(files),
                "{what}: {host} is torn: {:?}",
                files.keys()
            );
        }
        assert!(
            before.keys().filter(|host| then.contains_key(*host)).all(|host| hosts.contains_key(host)),
            "{what}"
        );
        assert!(lock(found) == lock(&old) || lock(found) == lock(&new), "{what}: the lock is torn");
        // What is about to go is known to the lock that was.
        is_known(found, [lock(&old), lock(found)], what);
        killed.build(&[]);
        assert!(killed.state() == new, "{what}: another end");
    });
    println!("{} kills over a built site: {hits:?}", KILLS[0]);
}

/// The lines of a secret but for those that say which lock it belongs to.
fn without_lock(secret: &[u8]) -> Vec<&str> {
    let lines = std::str::from_utf8(secret).unwrap().lines();
    lines.filter(|line| !line.starts_with("# lock ")).collect()
}

/// There the secret is made as well, so what is right is what the build after the kill goes on from.
#[test]
fn killed_while_all_is_new() {
    let site = Site::new();
    site.write("cluster.toml", &plan(false));
    let hits = kill(&site, KILLS[1], &State::new(), |killed, found, what| {
        assert!(
            lock(found).is_empty() || found.contains_key("cluster.secret"),
            "{what}: a lock without secret"
        );
        assert!(!lock(found).is_empty() || hosts(found).is_empty(), "{what}: hosts without lock");
        is_known(found, [lock(found); 2], what);
        killed.build(&[]);
        let done = killed.state();
        for (path, (mode, bytes)) in found {
            let stays = ["cluster.secret", "cluster.lock"].contains(&path.as_str())
                || path.starts_with("cluster.trees/hosts/")
                || path.starts_with("cluster.certs/") && !path.contains(".pkiplan.staging");
            // A secret learns from the build which lock it belongs to.
            let is_same = match (path.as_str(), bytes, done.get(path)) {
                ("cluster.secret", Some(old), Some((now_mode, Some(now)))) => {
                    mode == now_mode && without_lock(now) == without_lock(old)
                }
                (_, _, now) => now == Some(&(*mode, bytes.clone())),
            };
            assert!(!stays || is_same, "{what}: {path} is another one");
        }
        assert_eq!(hosts(&done).len(), HOSTS, "{what}");
        killed.build(&["--locked"]);
        assert!(killed.state() == done, "{what}: the build after that changes something");
    });
    println!("{} kills over nothing: {hits:?}", KILLS[1]);
}
