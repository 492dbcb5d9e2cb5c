//! systemd reads every unit of every host, unchanged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::process::{ask, find};
use super::site::{HA_VIP, Site, files_ending, name};

#[test]
fn systemd_finds_no_fault_with_any_unit() {
    let others = [
        ("layout = \"kubeadm\"", "layout = \"the-hard-way\""),
        ("run = \"systemd\"", "run = \"static-pod\""),
    ];
    let plans = others.map(|(from, to)| HA_VIP.replace(from, to));
    assert!(plans.iter().all(|plan| plan != HA_VIP));
    let dropped = format!("{HA_VIP}\n[component.kubelet]\nsetting.drop-in = true\n");
    let sites = [HA_VIP, &plans[0], &plans[1], &dropped].map(Site::build);
    for tree in sites.iter().flat_map(Site::hosts) {
        let units: Vec<String> = files_ending(&tree, ".service").iter().map(|file| name(file)).collect();
        furnish(&tree);
        let faults = faults(&tree, &units);
        assert!(faults.is_empty(), "{}: {faults:#?}", name(&tree));
    }
}

#[test]
fn a_fault_would_be_found() {
    let site = Site::build(HA_VIP);
    let tree = site.host("node01");
    furnish(&tree);
    let unit = tree.join("etc/systemd/system/kubelet.service");
    let text = fs::read_to_string(&unit).unwrap();
    for (from, to) in [("RestartSec=5", "RestartSecs=5"), ("=/usr/local/bin/", "=/usr/local/nowhere/")] {
        fs::write(&unit, text.replace(from, to)).unwrap();
        assert!(!faults(&tree, &["kubelet.service".to_owned()]).is_empty(), "{to}");
    }
}

/// What a host has beside its tree: the system's own units and the programs that ours start.
pub(crate) fn furnish(tree: &Path) {
    let units = tree.join("usr/lib/systemd");
    fs::create_dir_all(&units).unwrap();
    let system = [Path::new("/usr/lib/systemd/system"), Path::new("/lib/systemd/system")];
    let system = system.into_iter().find(|folder| folder.is_dir()).expect("systemd's own units");
    let copied = ask(Command::new("cp").arg("-R").arg(system).arg(&units));
    assert!(copied.well, "{}", copied.error);
    for unit in files_ending(&tree.join("etc/systemd/system"), ".service") {
        let text = fs::read_to_string(unit).unwrap();
        let start = text.lines().find_map(|line| line.strip_prefix("ExecStart=/")).unwrap();
        let program = tree.join(start.split_whitespace().next().unwrap());
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(&program, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// What systemd says of these units; what it says of Debian's own is not ours to mend.
pub(crate) fn faults(tree: &Path, units: &[String]) -> Vec<String> {
    let mut command = Command::new(find("systemd-analyze"));
    command.arg(format!("--root={}", tree.display())).args(["--man=no", "verify"]).args(units);
    let said = ask(&mut command);
    let mut faults: Vec<String> = said
        .all()
        .lines()
        .filter(|line| units.iter().any(|unit| line.contains(unit.as_str())))
        .map(str::to_owned)
        .collect();
    if !said.well && faults.is_empty() {
        faults.push(said.all());
    }
    faults
}
