//! Members of a real etcd move and are replaced, by the commands that `diff` prints for it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;

use super::etcd::{self, MASTERS, etcdctl};
use super::process::{Daemon, Said, ask, find, free_ports, until};
use super::site::Site;
use super::unit::CommandLine;

/// A plan before and after, with the trees of both.
struct Change {
    site: Site,
    before: PathBuf,
    after: PathBuf,
    port: u16,
    /// What `diff` says to run, each with the sentence before it.
    steps: Vec<(String, Vec<String>)>,
}

impl Change {
    fn new(before: &str, after: &str, port: u16) -> Self {
        let site = Site::build(before);
        let old = site.keep("before");
        for end in ["toml", "lock"] {
            fs::copy(site.folder().join(format!("plan.{end}")), site.folder().join(format!("old.{end}")))
                .unwrap();
        }
        site.rebuild(after);
        let new = site.keep("after");
        let mut diff = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        diff.args(["diff", "plan.toml", "old.toml", "--format", "json"]).current_dir(site.folder());
        let said = ask(&mut diff);
        assert!(said.well, "{}", said.all());
        let told: Json = serde_json::from_str(&said.out).unwrap();
        let risks = told["risks"].as_array().unwrap().iter();
        let steps = risks.map(|risk| {
            let help = risk["help"].as_str().unwrap_or_default();
            let commands = help.split('`').filter(|words| words.starts_with("etcdctl "));
            (risk["message"].as_str().unwrap().to_owned(), commands.map(str::to_owned).collect())
        });
        Self { before: old, after: new, port, steps: steps.collect(), site }
    }

    /// The commands of the risk whose sentence has these words.
    fn commands(&self, words: &[&str]) -> &[String] {
        let mut found =
            self.steps.iter().filter(|(message, _)| words.iter().all(|word| message.contains(word)));
        let (_, commands) = found.next().unwrap_or_else(|| panic!("{words:?}: {:#?}", self.steps));
        assert!(!commands.is_empty(), "{words:?}: {:#?}", self.steps);
        commands
    }

    fn start(&self, trees: &str, member: &str) -> Daemon {
        let tree = if trees == "before" { &self.before } else { &self.after };
        let mut arguments = CommandLine::read(&tree.join("hosts").join(member), "etcd.service").arguments();
        // What a member stores is no part of its tree.
        arguments.push(format!("--data-dir={}", self.site.folder().join(member).display()));
        Daemon::start(&format!("etcd-{member}-{trees}"), &find("etcd"), &arguments, self.site.folder())
    }

    fn ask(&self, words: &[&str]) -> Said {
        let endpoint = format!("https://{}:{}", MASTERS[0].1, self.port);
        etcdctl(&self.after.join("hosts/master01"), &endpoint, words)
    }

    /// Runs a command as it is printed, with the id of a member.
    fn run(&self, command: &str, id: &str, daemons: &mut [Daemon]) {
        let command = command.replace("member update ID", &format!("member update {id}"));
        let command = command.replace("member promote ID", &format!("member promote {id}"));
        let command = command.replace("member remove ID", &format!("member remove {id}"));
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        // A learner is promoted when it has caught up.
        until(&command, daemons, || {
            let said = self.ask(&words);
            if said.well { Ok(()) } else { Err(said.all()) }
        });
    }

    fn id(&self, member: &str) -> String {
        let said = self.ask(&["member", "list"]);
        let line = said.out.lines().find(|line| line.contains(&format!(" {member},")));
        line.and_then(|line| line.split(',').next()).unwrap_or_else(|| panic!("{}", said.all())).to_owned()
    }

    fn healthy(&self, count: usize, daemons: &mut [Daemon]) {
        until("healthy", daemons, || {
            let said = self.ask(&["endpoint", "health", "--cluster"]);
            if said.well && said.all().matches("is healthy").count() == count {
                Ok(())
            } else {
                Err(said.all())
            }
        });
    }
}

/// Every member gets another peer URL, one after the other: what was stored is there at the end.
#[test]
fn members_move_one_after_the_other() {
    let (plan, ports) = etcd::plan(&etcd::version(&find("etcd")), "kubeadm");
    let [a, b, c] = free_ports();
    let mut moved = plan.clone();
    let old: Vec<&str> =
        plan.match_indices("peer-port = ").map(|(at, _)| plan[at..].split(',').next().unwrap()).collect();
    assert_eq!(old.len(), 3);
    for (old, new) in old.iter().zip([a, b, c]) {
        moved = moved.replace(*old, &format!("peer-port = {new}"));
    }
    let change = Change::new(&plan, &moved, ports[0]);
    let mut members: Vec<Daemon> = MASTERS.iter().map(|(member, _)| change.start("before", member)).collect();
    change.healthy(3, &mut members);
    assert!(change.ask(&["put", "kept", "yes"]).well);
    for (n, ((member, address), new)) in MASTERS.iter().zip([a, b, c]).enumerate() {
        let commands = change.commands(&["etcd", &format!("https://{address}:{new}")]).to_vec();
        assert_eq!(commands, [format!("etcdctl member update ID --peer-urls=https://{address}:{new}")]);
        let id = change.id(member);
        change.run(&commands[0], &id, &mut members);
        drop(members.remove(n));
        members.insert(n, change.start("after", member));
        change.healthy(3, &mut members);
    }
    let list = change.ask(&["member", "list"]).out;
    assert!([a, b, c].iter().all(|port| list.contains(&format!(":{port},"))), "{list}");
    assert_eq!(change.ask(&["get", "kept", "--print-value-only"]).out, "yes\n");
}

/// A member goes, and another one comes as a learner and is promoted. In one commit the old one has to go first: the new
/// one does not know it.
#[test]
fn a_member_is_replaced() {
    let (plan, ports) = etcd::plan(&etcd::version(&find("etcd")), "kubeadm");
    let [client, peer, metrics] = free_ports();
    let gone = plan.find("\n[node.master03]").unwrap();
    let after = format!(
        "{}\n[node.etcd04]\naddresses = [\"127.0.0.14\"]\nroles = [\"etcd\"]\n\n[node.etcd04.component.etcd]\n\
         setting = {{ client-port = {client}, peer-port = {peer}, metrics-port = {metrics}, joins = 1 }}\n",
        &plan[..gone]
    );
    let change = Change::new(&plan, &after, ports[0]);
    let mut members: Vec<Daemon> = MASTERS.iter().map(|(member, _)| change.start("before", member)).collect();
    change.healthy(3, &mut members);
    assert!(change.ask(&["put", "kept", "yes"]).well);
    let goes = change.commands(&["etcd: -", "127.0.0.13"]).to_vec();
    let old = change.id("master03");
    change.run(&goes[0], &old, &mut members);
    drop(members.remove(2));
    let comes = change.commands(&["etcd: +", &format!("https://127.0.0.14:{peer}")]).to_vec();
    let comes: Vec<String> = comes.into_iter().filter(|command| command.contains(" member ")).collect();
    assert_eq!(comes.len(), 2, "{comes:?}");
    change.run(&comes[0], "", &mut members);
    members.push(change.start("after", "etcd04"));
    let id = {
        let list = change.ask(&["member", "list"]).out;
        let line =
            list.lines().find(|line| line.contains(&format!(":{peer},"))).unwrap_or_else(|| panic!("{list}"));
        line.split(',').next().unwrap().to_owned()
    };
    change.run(&comes[1], &id, &mut members);
    change.healthy(3, &mut members);
    assert_eq!(change.ask(&["get", "kept", "--print-value-only"]).out, "yes\n");
    assert!(!change.ask(&["member", "list"]).out.contains("master03"));
}
