//! Hosts with the addresses of a plan: a network namespace for each.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::programs::process::{Daemon, find};

/// A name and its addresses with their prefix lengths, in one line.
pub(super) type Host = (String, String);

/// Hosts at one bridge, which go with the test.
pub(super) struct Network {
    /// Ends when nobody writes to it any more, and all namespaces with it.
    keeper: Child,
    /// The process that holds the namespace of each host.
    holders: BTreeMap<String, String>,
}

/// Whether this runs as root; others make a user namespace first.
pub(super) fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

impl Network {
    pub(super) fn of(hosts: &[Host]) -> Self {
        let mut keeper = Command::new(find("unshare"));
        keeper.args(["--user", "--map-root-user"].iter().filter(|_| !is_root()));
        keeper.args(["--net", "--", "sh", "-c", include_str!("network.sh")]);
        let mut keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines: String = hosts.iter().map(|(name, addresses)| format!("{name} {addresses}\n")).collect();
        keeper.stdin.as_mut().unwrap().write_all(format!("{lines}end\n").as_bytes()).unwrap();
        let said = BufReader::new(keeper.stdout.take().unwrap()).lines().map(Result::unwrap);
        let holders: BTreeMap<String, String> = said
            .take_while(|line| line != "end")
            .map(|line| {
                line.split_once(' ').map(|(name, holder)| (name.to_owned(), holder.to_owned())).unwrap()
            })
            .collect();
        assert_eq!(holders.len(), hosts.len(), "network namespaces cannot be made: see what `unshare` says");
        Self { keeper, holders }
    }

    /// A program that sees what its host would.
    pub(super) fn at(&self, host: &str, program: &Path) -> Command {
        let mut command = Command::new(find("nsenter"));
        command.args(self.entry(host)).arg(program);
        command
    }

    /// The same, kept running.
    pub(super) fn start(&self, host: &str, program: &[&Path], arguments: &[String], folder: &Path) -> Daemon {
        let program = program.iter().map(|word| word.display().to_string());
        let arguments: Vec<String> =
            self.entry(host).into_iter().chain(program).chain(arguments.iter().cloned()).collect();
        Daemon::start(host, &find("nsenter"), &arguments, folder)
    }

    fn entry(&self, host: &str) -> Vec<String> {
        let user = ["--user", "--preserve-credentials"].iter().filter(|_| !is_root());
        let target = ["--net", "--target", &self.holders[host], "--"];
        user.chain(&target).map(ToString::to_string).collect()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
