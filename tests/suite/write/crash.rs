//! Builds that fail or die at every single step.
//!
//! Every file of a build starts with its number, as do the lock and the certificate. Whatever happened: each
//! visible unit is that of one build and whole, the lock is at least as new as everything visible, what is
//! foreign is where it was, and the next build ends with the same bytes as if nothing had happened, whichever
//! build that is.

use super::lab::{Lab, Plan, Snapshot, file, folder, unit};
use pkiplan::write::{Failure, Fault, Unit};
use std::collections::BTreeMap;

/// The files of each unit.
type Units = BTreeMap<String, BTreeMap<String, (u32, String)>>;

/// Hosts come and go, files become folders, folders files; some stay as they are.
fn plan(number: u32) -> Plan {
    let text = |what: &str| format!("{number} {what}");
    let keys = |host: &str| {
        vec![
            file("etc/pki/key", 0o600, &text(&format!("key of {host}"))),
            file("etc/pki/ca", 0o644, &text("authority")),
            file("etc/same", 0o640, "always"),
        ]
    };
    let mut first = keys("a");
    let mut second = keys("b");
    match number {
        1 => {
            first.push(file("old/one", 0o600, &text("leaves")));
            first.push(file("swap", 0o600, &text("a file")));
            second.push(folder("nothing", 0o700));
        }
        2 => {
            first.push(file("swap/below", 0o600, &text("in a folder")));
            first.push(file("new/two", 0o400, &text("comes")));
        }
        _ => second.push(file("swap/below", 0o600, &text("in a folder"))),
    }
    let mut units = vec![unit("hosts/a", first), unit("hosts/b", second)];
    match number {
        1 => units.extend([unit("hosts/c", keys("c")), unit("users/x", keys("x"))]),
        2 => units.extend([unit("hosts/d", keys("d")), unit("cluster", keys("cluster"))]),
        _ => units.extend([unit("hosts/c", keys("c")), unit("hosts/d", keys("d"))]),
    }
    let certificates =
        [("ca.crt".to_owned(), text("authority")), (format!("{number}.crt"), text("new"))].into();
    Plan { lock: text("lock"), certificates, units }
}

fn put_foreign(lab: &Lab) {
    lab.put("hosts/a/etc/mine", "by hand");
    lab.put("hosts/c/mine/too", "by hand");
    lab.put("hosts/notes.json", "by hand");
}

/// A site after some builds, with what is foreign put in after the first.
fn after(builds: &[u32]) -> Lab {
    let lab = Lab::new();
    for (index, number) in builds.iter().enumerate() {
        lab.build(&plan(*number)).unwrap();
        if index == 0 {
            put_foreign(&lab);
        }
    }
    lab
}

/// What lies in the folders of units, by unit; files that are foreign left out.
fn visible(snapshot: &Snapshot) -> Units {
    let mut units = Units::new();
    for (path, (mode, text)) in snapshot {
        let Some(path) = path.strip_prefix("c.trees/") else { continue };
        let grouped = path.strip_prefix("hosts/").or_else(|| path.strip_prefix("users/"));
        let (unit, below) = match grouped.unwrap_or(path).split_once('/') {
            Some((base, below)) => (&path[..path.len() - below.len() - 1], (base, below).1),
            None => continue,
        };
        if path.starts_with('.') || text == "/" || below.contains("mine") {
            continue;
        }
        units.entry(unit.to_owned()).or_default().insert(below.to_owned(), (*mode, text.clone()));
    }
    units
}

/// What a build makes of a unit.
fn declared(units: &[Unit]) -> Units {
    let lab = Lab::new();
    let plan = Plan { lock: String::new(), certificates: Vec::new(), units: Vec::new() };
    let mut names = plan.names();
    let session = lab.begin().unwrap();
    for unit in units {
        session.stage(unit).unwrap();
        names.insert(unit.name.clone());
    }
    session.commit(None, &[], &names).unwrap();
    visible(&lab.snapshot())
}

fn number(text: &str) -> u32 {
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

struct Expected {
    /// The units as each build makes them.
    units: BTreeMap<u32, Units>,
}

impl Expected {
    fn new() -> Self {
        Self { units: [1, 2].map(|number| (number, declared(&plan(number).units))).into() }
    }

    /// Looks at a site in which the build `new` failed over the build `old`.
    ///
    /// Where folders cannot be exchanged, one may be away until the next build begins.
    fn check(&self, lab: &Lab, old: u32, new: u32, exchange: bool, what: &str) {
        self.check_what_is_there(lab, old, new, what);
        if !exchange {
            drop(lab.begin().unwrap());
            self.check_what_is_there(lab, old, new, what);
        }
        self.check_that_all_is_there(lab, old, new, what);
    }

    fn check_that_all_is_there(&self, lab: &Lab, old: u32, new: u32, what: &str) {
        let Some(before) = self.units.get(&old) else { return };
        let snapshot = lab.snapshot();
        let found = visible(&snapshot);
        for unit in before.keys().filter(|unit| self.units[&new].contains_key(*unit)) {
            assert!(found.contains_key(unit), "{what}: {unit} is not there");
        }
        for foreign in ["hosts/a/etc/mine", "hosts/c/mine/too", "hosts/notes.json"] {
            assert!(snapshot.contains_key(&format!("c.trees/{foreign}")), "{what}: {foreign} is gone");
        }
    }

    fn check_what_is_there(&self, lab: &Lab, old: u32, new: u32, what: &str) {
        let snapshot = lab.snapshot();
        let lock = snapshot.get("c.lock").map_or(0, |(_, text)| number(text));
        assert!(lock == old || lock == new, "{what}: the lock is {lock}");
        let none = Units::new();
        let (before, then) = (self.units.get(&old).unwrap_or(&none), &self.units[&new]);
        let found = visible(&snapshot);
        for (unit, files) in &found {
            let is_old = before.get(unit) == Some(files);
            let is_new = then.get(unit) == Some(files);
            assert!(is_old || is_new, "{what}: {unit} is torn: {files:?}");
        }
        for (path, (mode, text)) in &snapshot {
            let staged = path.contains(".pkiplan.staging") || path.ends_with(".new");
            assert!(staged || number(text) <= lock, "{what}: {path} is newer than the lock {lock}");
            if path.starts_with("c.trees/") && text != "/" {
                let secret = text.contains(" key of ") || path.ends_with(".json");
                // What is put in by hand has the mode of the hand.
                let by_hand = text == "by hand";
                assert!(by_hand || !secret || mode & 0o177 == 0, "{what}: {path} has mode {mode:o}");
            }
        }
    }
}

fn no_staging(lab: &Lab, what: &str) {
    let left = lab.snapshot().into_keys().find(|path| path.contains("staging") || path.ends_with(".new"));
    assert_eq!(left, None, "{what}");
}

/// One thread, so that each run takes the same steps.
fn alone<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run)
}

fn fault(at: u64, failure: Failure, exchange: bool) -> Fault {
    let fault = Fault::at(at, failure);
    if exchange { fault } else { fault.without_exchange() }
}

/// The build `new` fails at each step over the builds `before`; then comes the build `next`.
fn at_every_step(before: &[u32], new: u32, next: u32, failure: Failure, exchange: bool) {
    let old = before.last().copied().unwrap_or(0);
    let expected = Expected::new();
    let reference = if before.is_empty() { Lab::new() } else { after(before) };
    reference.build(&plan(new)).unwrap();
    reference.build(&plan(next)).unwrap();
    let reference = reference.snapshot();

    for step in 0.. {
        let what =
            format!("{failure:?} at step {step} of {new} over {old}, then {next}, exchange {exchange}");
        let lab = if before.is_empty() { Lab::new() } else { after(before) };
        let fault = fault(step, failure, exchange);
        let done = lab.build_on(&plan(new), Some(fault.clone()));
        if !fault.happened() {
            assert!(done.is_ok(), "{what}: {:?}", done.err());
            assert!(step > 100, "only {step} steps");
            return;
        }
        expected.check(&lab, old, new, exchange, &what);
        if failure != Failure::Killed && done.is_err() {
            no_staging(&lab, &what);
        }
        lab.build(&plan(next)).unwrap_or_else(|error| panic!("{what}: {error}"));
        no_staging(&lab, &what);
        let mut found = lab.snapshot();
        if next != new {
            // What a build that never came to its lock would have left: its certificate and a group's empty
            // folder.
            for path in [format!("c.certs/{new}.crt"), "c.trees/users".to_owned()] {
                found.entry(path.clone()).or_insert_with(|| reference[&path].clone());
            }
        }
        same(&found, &reference, &what);
    }
}

fn same(found: &Snapshot, reference: &Snapshot, what: &str) {
    for (path, content) in found {
        assert_eq!(reference.get(path), Some(content), "{what}: {path}");
    }
    for path in reference.keys() {
        assert!(found.contains_key(path), "{what}: {path} is missing");
    }
}

#[test]
fn first_build() {
    alone(|| {
        for failure in [Failure::Killed, Failure::Full, Failure::Denied] {
            at_every_step(&[], 2, 2, failure, true);
        }
    });
}

#[test]
fn second_build_killed() {
    alone(|| {
        at_every_step(&[1], 2, 2, Failure::Killed, true);
        at_every_step(&[1], 2, 2, Failure::Killed, false);
    });
}

#[test]
fn second_build_without_space() {
    alone(|| {
        at_every_step(&[1], 2, 2, Failure::Full, true);
        at_every_step(&[1], 2, 2, Failure::Full, false);
    });
}

#[test]
fn second_build_denied() {
    alone(|| {
        at_every_step(&[1], 2, 2, Failure::Denied, true);
        at_every_step(&[1], 2, 2, Failure::Denied, false);
    });
}

#[test]
fn another_plan_follows() {
    alone(|| {
        at_every_step(&[1], 2, 3, Failure::Killed, true);
        at_every_step(&[1], 2, 3, Failure::Killed, false);
    });
}

/// The build that follows dies as well, at each of its steps, and only the third gets through.
#[test]
fn killed_twice() {
    alone(|| {
        let expected = Expected::new();
        let reference = after(&[1, 2]).snapshot();
        let counted = Fault::never();
        after(&[1]).build_on(&plan(2), Some(counted.clone())).unwrap();
        for (first, exchange) in (0..counted.steps()).step_by(37).zip([true, false].into_iter().cycle()) {
            for second in (0..).step_by(9) {
                let what = format!("killed at step {first}, then at step {second}");
                let lab = after(&[1]);
                lab.build_on(&plan(2), Some(fault(first, Failure::Killed, exchange))).unwrap_err();
                let again = fault(second, Failure::Killed, exchange);
                let _ = lab.build_on(&plan(2), Some(again.clone()));
                expected.check(&lab, 1, 2, exchange, &what);
                lab.build(&plan(2)).unwrap_or_else(|error| panic!("{what}: {error}"));
                no_staging(&lab, &what);
                same(&lab.snapshot(), &reference, &what);
                if !again.happened() {
                    break;
                }
            }
        }
    });
}

/// What a build leaves as it is keeps its inode, also when an earlier one died.
#[test]
fn unchanged_files_stay() {
    alone(|| {
        let counted = Fault::never();
        after(&[1]).build_on(&plan(2), Some(counted.clone())).unwrap();
        for step in 0..counted.steps() {
            let lab = after(&[1]);
            let inode = lab.inode("hosts/a/etc/same");
            let _ = lab.build_on(&plan(2), Some(Fault::at(step, Failure::Killed)));
            lab.build(&plan(2)).unwrap();
            assert_eq!(lab.inode("hosts/a/etc/same"), inode, "{step}");
        }
    });
}
