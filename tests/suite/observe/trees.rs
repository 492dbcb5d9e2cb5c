//! What a build writes is read again, from the trees and from a copy of them.

use pkiplan::host::{Files as _, Folder};
use pkiplan::observe::{self, Command};
use pkiplan::workspace::read_units;

use crate::support::{Lab, PLANS};

fn programs(commands: &[Command]) -> Vec<String> {
    let line = |command: &Command| {
        let program = command.program.as_ref().map_or("", |word| &*word.text);
        let words: Vec<&str> = command.words.iter().map(|word| &*word.text).collect();
        format!("{program} {}", words.join(" "))
    };
    commands.iter().map(line).collect()
}

#[test]
fn every_plan_is_read_without_a_gap() {
    for plan in PLANS {
        let lab = Lab::built(plan);
        let trees = lab.path("cluster.trees");
        let hosts = read_units(&trees).unwrap().hosts;
        assert!(!hosts.is_empty(), "{plan}");
        for (host, tree) in hosts {
            let copy = Folder::open(&trees.join("hosts").join(&*host), "/").unwrap();
            let (units, unread) = observe::units(&*tree);
            assert_eq!(unread, [], "{plan} {host}");
            let (pods, unread) = observe::pods(&*tree, "/etc/kubernetes/manifests");
            assert_eq!(unread, [], "{plan} {host}");
            assert!(units.len() + pods.len() > 0, "{plan} {host}");
            assert_eq!(programs(&units), programs(&observe::units(&copy).0));
            for command in units.iter().chain(&pods) {
                assert!(command.words.iter().all(|word| word.unknown.is_none()), "{plan} {host}");
            }
            let key = "/etc/kubernetes/pki/apiserver.key";
            if let Some(file) = tree.read(key).unwrap() {
                assert_eq!((file.mode, file.owner.as_deref()), (Some(0o600), Some("root")));
                assert_eq!(copy.read(key).unwrap().unwrap().owner, None);
            }
        }
    }
}
