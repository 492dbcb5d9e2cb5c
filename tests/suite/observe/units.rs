//! Services: which there are, and what is told of those that are not read. What words they get is compared with a
//! real systemd in `tests/foreign/units.rs`.

use pkiplan::host::Memory;
use pkiplan::observe::{self, Command, Located, Runner};

const UNITS: &str = "/etc/systemd/system";

fn unit(text: &str) -> Memory {
    Memory::default().with(&format!("{UNITS}/x.service"), text)
}

fn names(host: &Memory) -> Vec<String> {
    let name = |command: &Command| match &command.runner {
        Runner::Unit { name, enabled } => format!("{name}{}", if *enabled { " enabled" } else { "" }),
        Runner::Pod { .. } => panic!("it is no unit"),
    };
    observe::units(host).0.iter().map(name).collect()
}

fn told(host: &Memory) -> Vec<String> {
    observe::units(host).1.iter().map(|unread| format!("{}: {}", unread.place, unread.why)).collect()
}

fn words(command: &Command) -> Vec<&str> {
    command.words.iter().map(|word| word.known().unwrap_or("?")).collect()
}

#[test]
fn units_are_found_where_systemd_looks() {
    let service = |text: &str| format!("[Service]\nExecStart=/bin/x {text}\n");
    let host = Memory::default()
        .with("/usr/lib/systemd/system/a.service", &service("usr"))
        .with("/etc/systemd/system/a.service", &service("etc"))
        .with("/usr/lib/systemd/system/masked.service", &service(""))
        .with_link("/etc/systemd/system/masked.service", "/dev/null")
        .with("/lib/systemd/system/of-lib.service", &service(""))
        .with("/etc/systemd/system/t@.service", &service("%i"))
        .with_link(
            "/etc/systemd/system/multi-user.target.wants/t@one.service",
            "/etc/systemd/system/t@.service",
        )
        .with_link("/etc/systemd/system/multi-user.target.wants/a.service", "../a.service")
        .with_link("/etc/systemd/system/alias.service", "a.service")
        .with("/etc/systemd/system/alias.service.d/1.conf", "[Service]\nUser=me\n")
        .with_link("/etc/systemd/system/elsewhere.service", "/opt/elsewhere.service")
        .with("/opt/elsewhere.service", &service("opt"))
        .with("/etc/systemd/system/empty.service", "")
        .with("/etc/systemd/system/x.timer", "[Timer]\n");
    assert_eq!(
        names(&host),
        ["a.service enabled", "elsewhere.service", "of-lib.service", "t@one.service enabled"]
    );
    let (commands, unread) = observe::units(&host);
    assert_eq!((words(&commands[0]), unread), (vec!["etc"], vec![]));
    assert_eq!(commands[0].user.as_deref(), Some("me"));
    assert_eq!(words(&commands[3]), ["one"]);
}

#[test]
fn a_link_of_lib_does_not_double_units() {
    let host = Memory::default()
        .with("/usr/lib/systemd/system/a.service", "[Service]\nExecStart=/bin/x\n")
        .with_link("/lib", "usr/lib");
    assert_eq!(names(&host), ["a.service"]);
}

#[test]
fn words_have_the_places_at_which_they_stand() {
    let host = unit("[Service]\nEnvironmentFile=/e\nExecStart=/bin/x \\\n  # no\n  --a $W \\\n  --b=${V}\n")
        .with("/e", "# of x\nW=\"--c --d\"\nV=1\n");
    let (commands, _) = observe::units(&host);
    let places: Vec<String> =
        commands[0].words.iter().map(|word| format!("{} {}", word.text, word.place)).collect();
    let unit = format!("{UNITS}/x.service");
    assert_eq!(
        places,
        [format!("--a {unit}:5"), "--c /e:2".to_owned(), "--d /e:2".to_owned(), format!("--b=1 {unit}:6")]
    );
    assert_eq!(commands[0].place.line, Some(3));
}

#[test]
fn users_folders_and_credentials_are_read() {
    let text = "[Service]\nUser=%p\nGroup=g\nSupplementaryGroups=a b\nWorkingDirectory=-/w/%n\n\
        LoadCredential=key:/etc/x/%p.key\nExecStart=/bin/x --key=%d/key\n";
    let (commands, unread) = observe::units(&unit(text));
    assert_eq!(unread, []);
    let command = &commands[0];
    assert_eq!((command.user.as_deref(), command.group.as_deref()), (Some("x"), Some("g")));
    assert_eq!(command.folder.as_deref(), Some("/w/x.service"));
    assert_eq!(command.groups.len(), 2);
    assert_eq!(words(command), ["--key=/run/credentials/x.service/key"]);
    let located = command.paths.locate("/run/credentials/x.service/key");
    assert_eq!(located, Located::Host { path: "/etc/x/x.key".into(), mount: None });
    let privileged = unit("[Service]\nUser=me\nExecStart=+/bin/x\n");
    assert_eq!(observe::units(&privileged).0[0].user, None);
    let dynamic = unit("[Service]\nDynamicUser=yes\nExecStart=/bin/x\n");
    assert_eq!(observe::units(&dynamic).0[0].user.as_deref(), Some("x"));
}

#[test]
fn what_only_the_running_host_knows_is_unknown_from_there_on() {
    let (commands, _) = observe::units(&unit("[Service]\nExecStart=/bin/x --name=%H ${HOME}/y %b\n"));
    let unknown: Vec<Option<usize>> =
        commands[0].words.iter().map(|word| word.unknown.as_ref().map(|unknown| unknown.from)).collect();
    assert_eq!(unknown, [Some(7), Some(0), Some(0)]);
    let named = unit("[Service]\nExecStart=/bin/x --name=%H %l %m\n")
        .with("/etc/hostname", "# mine\nnode1.example.com\n")
        .with("/etc/machine-id", "0123\n");
    assert_eq!(words(&observe::units(&named).0[0]), ["--name=node1.example.com", "node1", "0123"]);
}

#[test]
fn wrappers_are_seen_through_where_that_is_certain() {
    let program = |line: &str| {
        let (commands, unread) = observe::units(&unit(&format!("[Service]\nExecStart={line}\n")));
        match commands.first() {
            Some(command) => {
                let program = command.program.as_ref().unwrap().text.to_string();
                Ok(std::iter::once(program)
                    .chain(words(command).into_iter().map(str::to_owned))
                    .collect::<Vec<_>>())
            }
            None => Err(unread[0].why.clone()),
        }
    };
    assert_eq!(program("/usr/bin/env A=1 /bin/x --y").unwrap(), ["/bin/x", "--y"]);
    assert_eq!(program("/usr/bin/nice -n 5 /bin/x --y").unwrap(), ["/bin/x", "--y"]);
    assert_eq!(program("nohup nice --adjustment=5 /bin/x").unwrap(), ["/bin/x"]);
    for line in
        ["/bin/sh -c 'exec x'", "/usr/bin/env -i /bin/x", "/usr/bin/python3 x.py", "|/bin/x", "/bin/bash"]
    {
        assert!(program(line).is_err(), "{line}");
    }
    let script = unit("[Service]\nExecStart=/opt/start --x\n").with("/opt/start", "#!/bin/sh\nexec x\n");
    assert_eq!(
        told(&script),
        ["/etc/systemd/system/x.service:2: it is a script, and pkiplan does not interpret it"]
    );
}

#[test]
fn what_systemd_would_not_start_is_told() {
    for (text, expected) in [
        ("ExecStart=/bin/x 'open\n", "2: a quote is not closed"),
        ("ExecStart=bin/x\n", "2: it does not start with the path"),
        ("ExecStart=/bin/x\nExecStart=/bin/y\n", "3: it has several commands"),
        ("EnvironmentFile=relative\nExecStart=/bin/x\n", "2: its path is not absolute"),
        ("Environment=1=2\nExecStart=/bin/x\n", "2: it assigns no variable"),
        ("RootDirectory=/x\nExecStart=/bin/x\n", "2: with `RootDirectory`, the service sees"),
        ("ExecStart=/bin/x\n[Install\n", "3: a section has no closing"),
    ] {
        let told = told(&unit(&format!("[Service]\n{text}")));
        let expected = format!("{UNITS}/x.service:{expected}");
        assert!(told.iter().any(|said| said.starts_with(&expected)), "{text}: {told:?}");
    }
    let (commands, _) = observe::units(&unit("[Service]\nEnvironmentFile=/nothing\nExecStart=/bin/x\n"));
    assert_eq!(commands[0].refused[0].why, "its environment file /nothing is missing");
    assert_eq!(told(&unit("[Service]\nEnvironmentFile=-/nothing\nExecStart=/bin/x\n")), [""; 0]);
}
