//! What a build records as right is what it has made or compared, and nothing that was changed while it went on.

use super::lab::{Lab, file, unit};
use pkiplan::write::{Inputs, Made, Unit};
use std::fs;
use std::thread::sleep;
use std::time::Duration;

const MADE_FROM: [u8; 32] = [7; 32];

/// What is done to a host that lies at a path of the trees.
type Damage<'d> = &'d dyn Fn(&Lab, &str);

fn host(text: &str) -> Unit {
    unit("hosts/m1", vec![file("etc/same", 0o644, "same"), file("etc/other", 0o644, text)])
}

/// Builds a host with this text, and does something else before the build commits.
fn build(lab: &Lab, text: &str, meanwhile: impl FnOnce(&Lab)) {
    let session = lab.begin().unwrap();
    let unit = host(text);
    session.stage(&unit).unwrap();
    // Longer than a tick of the clock.
    sleep(Duration::from_millis(20));
    meanwhile(lab);
    let made = Made { inputs: Inputs::default(), units: [(unit.name.clone(), MADE_FROM)].into() };
    session.commit_made(None, &[], &[unit.name].into(), &made).unwrap();
}

/// Whether the next build would keep the host without reading it.
fn is_kept(lab: &Lab) -> bool {
    let session = lab.begin().unwrap();
    session.keep(&host("").name, Some(&MADE_FROM)).unwrap().is_some()
}

#[test]
fn a_new_host_is_kept_unless_it_was_changed_while_it_was_staged() {
    let lab = Lab::new();
    build(&lab, "1", |_| {});
    assert!(is_kept(&lab));
    let damages: [Damage<'_>; 3] = [
        &|lab, at| fs::write(lab.tree(&format!("{at}/etc/same")), "SAME").unwrap(),
        &|lab, at| fs::write(lab.tree(&format!("{at}/etc/more")), "").unwrap(),
        &|lab, at| fs::write(lab.tree(&format!("{at}.json")), "{}").unwrap(),
    ];
    for damage in damages {
        let lab = Lab::new();
        build(&lab, "1", |lab| damage(lab, ".pkiplan.staging/hosts/m1"));
        assert!(!is_kept(&lab));
    }
}

#[test]
fn a_host_that_stays_is_kept_unless_it_was_changed_after_it_was_compared() {
    let lab = Lab::new();
    build(&lab, "1", |_| {});
    build(&lab, "1", |_| {});
    assert!(is_kept(&lab));
    build(&lab, "1", |lab| fs::write(lab.tree("hosts/m1/etc/same"), "SAME").unwrap());
    assert!(!is_kept(&lab));
}

/// A file that is linked into a new folder was read before; nothing says that it is still right.
#[test]
fn a_host_that_changes_is_read_once_more() {
    let lab = Lab::new();
    build(&lab, "1", |_| {});
    build(&lab, "2", |lab| fs::write(lab.tree("hosts/m1/etc/same"), "SAME").unwrap());
    assert!(!is_kept(&lab));
    // This one mends it, and the next one finds all as it is to be.
    build(&lab, "2", |_| {});
    build(&lab, "2", |_| {});
    assert!(is_kept(&lab));
    assert_eq!(fs::read_to_string(lab.tree("hosts/m1/etc/same")).unwrap(), "same");
}
