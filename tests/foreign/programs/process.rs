//! Programs: found, run to their end, or kept running for as long as a test wants them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// What a program said and whether it was content.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) well: bool,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Said {
    /// Everything, for messages and for searching.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.error)
    }
}

/// A program that ends with its test, also with one that is killed.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Daemon {
    /// Starts `program`; what it says goes into a file in `folder`.
    pub(crate) fn start(name: &str, program: &Path, arguments: &[String], folder: &Path) -> Self {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log).unwrap();
        // The kernel ends it with the thread that started it, so that nothing outlives an aborted test.
        let child = Command::new(find("setpriv"))
            .args(["--pdeathsig", "KILL", "--"])
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", program.display()));
        Self { child, name: name.to_owned(), log }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a program is. Debian keeps some in `sbin`, which a user's PATH may lack.
pub(crate) fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("`{program}` is missing: run tests/install"))
}

/// A program of pkilint.
pub(crate) fn pkilint(program: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pkilint/bin").join(program);
    assert!(file.is_file(), "pkilint's `{program}` is missing: run tests/install");
    file
}

/// Runs a program to its end.
pub(crate) fn run<A: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = A>) -> Said {
    let mut command = Command::new(program);
    command.args(arguments);
    ask(&mut command)
}

/// Runs a command to its end, with nothing to read, nobody's settings and English messages.
pub(crate) fn ask(command: &mut Command) -> Said {
    tell(command, "")
}

/// The same with something to read.
pub(crate) fn tell(command: &mut Command, words: &str) -> Said {
    command.env("LC_ALL", "C").env_remove("KUBECONFIG").env_remove("ETCDCTL_ENDPOINTS");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    // Who ends before it has read everything says why.
    let _ = child.stdin.take().unwrap().write_all(words.as_bytes());
    let output = child.wait_with_output().unwrap();
    Said {
        well: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        error: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Asks again and again until the answer is a good one; the last one and all logs go into the failure.
pub(crate) fn until(what: &str, daemons: &mut [Daemon], mut good: impl FnMut() -> Result<(), String>) {
    let end = Instant::now() + Duration::from_secs(40);
    loop {
        let Err(why) = good() else { return };
        let dead = daemons.iter_mut().any(Daemon::ended);
        if dead || Instant::now() > end {
            let mut message = format!("{what}: {why}\n");
            for daemon in daemons {
                let log = daemon.log();
                let tail = log.lines().rev().take(15).collect::<Vec<_>>();
                message.push_str(&format!("--- {}\n", daemon.name));
                tail.iter().rev().for_each(|line| message.push_str(&format!("{line}\n")));
            }
            panic!("{message}");
        }
        std::thread::sleep(Duration::from_millis(150));
    }
}

/// Ports that nobody uses. They lie below those that the kernel gives away, so that no connection
/// takes one before its daemon does.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 1000).unwrap() * 11;
    std::array::from_fn(|_| {
        (0..4000)
            .map(|_| 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000)
            .find(|port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok())
            .expect("a free port")
    })
}
