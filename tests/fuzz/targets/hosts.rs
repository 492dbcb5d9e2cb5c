//! Files of hosts: units with drop-ins and variables, manifests, kubeconfigs, tar streams.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use pkiplan::catalog::FlagTable;
use pkiplan::diagnostics::Diagnostics;
use pkiplan::host::{self, Files as _};
use pkiplan::observe::arguments::{Style, arguments, environment};
use pkiplan::observe::kubeconfig::parse;
use pkiplan::observe::{self, Command, Word};
use pkiplan::plan::{self, Plan};
use pkiplan::read::Memory;
use pkiplan::source::Sources;
use pkiplan::values::Version;
use pkiplan::yaml;

/// A plan whose catalog has tables of flags.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let text = "format = 1\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\nservice-cidrs = [\"10.96.0.0/16\"]\nlayout = \"kubeadm\"\n\
        [node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n";
    let world = Memory::default().with("plan.toml", text);
    match plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut Diagnostics::default()) {
        Ok(plan) => plan,
        Err(_) => panic!("the plan is sound"),
    }
});

fn tables() -> impl Iterator<Item = &'static Arc<FlagTable>> {
    PLAN.catalog.components.values().filter_map(|component| component.flag_table.as_ref())
}

/// A unit, its drop-in, a file of variables, a manifest and a kubeconfig between lines of `=====`.
pub(super) fn hosts(input: &[u8]) {
    let parts = super::parts(input);
    let paths = [
        "/etc/systemd/system/a-b@c.service",
        "/etc/systemd/system/a-.service.d/1.conf",
        "/etc/default/a",
        "/manifests/a.yaml",
        "/etc/a.conf",
    ];
    let files =
        paths.iter().zip(&parts).fold(host::Memory::default(), |host, (path, text)| host.with(path, text));
    let (units, _) = observe::units(&files);
    let (pods, _) = observe::pods(&files, "/manifests");
    units.iter().chain(&pods).for_each(|command| read(command, parts.iter().map(String::len).sum()));
    for part in &parts {
        let _ = yaml::documents(part);
        let _ = parse(&"/etc/a.conf".into(), part);
        let _ = host::normal(part);
        if let Ok(found) = files.status(part) {
            assert!(found.is_none_or(|found| found.path.starts_with('/')));
        }
    }
    let _ = host::archive(input);
}

fn read(command: &Command, written: usize) {
    let sound = |word: &Word| {
        let unknown = word.unknown.as_ref().is_none_or(|unknown| unknown.from <= word.text.len());
        assert!(unknown && word.place.line != Some(0), "a word's unknown part lies within it");
        word.text.len()
    };
    let made: usize = command.words.iter().chain(command.environment.values()).map(sound).sum();
    // A variable stands for its value each time.
    assert!(made <= (written + 200) * (written + 200), "{made} bytes of {written}");
    let version: Version = "1.34".parse().expect("a version");
    for table in tables() {
        for style in [Style::Pflag, Style::Go] {
            let mut read = arguments(&command.words, table, Some(&version), style);
            environment(&mut read, &command.environment, "A_", (table, Some(&version)));
            assert!(read.given.len() <= command.words.len() * 64 + command.environment.len());
        }
    }
    for word in &command.words {
        let _ = command.paths.locate(&word.text);
    }
}
