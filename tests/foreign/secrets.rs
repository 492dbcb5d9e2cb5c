//! Secrets at rest: made, sealed, opened, checked, and given in every way; age judges what is sealed.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::support::{AT, Lab, Run, SECRET};

/// A root, what it issues, two hosts and a person; quickly built.
const PLAN: &str = r#"format = 1

[authority.root]
validity.own = "20y"

[authority.web]
issuer = "root"

[keyring.tokens]
kind = "key-pair"

[node.proxy1]
addresses = ["10.0.0.7"]

[node.proxy2]
addresses = ["10.0.0.8"]

[certificate.shop]
authority = "web"
usage = "server"
dns = ["shop.example.com"]
nodes = "all"
certificate-file = "/etc/ssl/shop.crt"
key-file = "/etc/ssl/private/shop.key"

[certificate.monitor]
authority = "web"
usage = "client"
"#;

const BUILD: &str = "$PKIPLAN build cluster.toml --at 2026-01-01T00:00:00Z";
const CHECK: &str = "$PKIPLAN secret check";

fn fine(run: &Run) {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
}

/// Fails with exactly this message.
fn fails(run: &Run, message: &str) {
    assert_eq!((run.code, run.err.as_str()), (1, format!("error: {message}\n").as_str()), "{run:#?}");
    assert!(run.out.is_empty(), "{run:#?}");
}

/// Nothing but the plan.
fn fresh() -> Lab {
    let lab = Lab::written(PLAN);
    lab.remove("cluster.lock");
    lab.remove("cluster.secret");
    lab
}

/// A plan with a lock that was built, its secret elsewhere.
fn without_secret() -> Lab {
    let lab = Lab::written(PLAN);
    lab.build();
    fs::rename(lab.path("cluster.secret"), lab.path("backup")).unwrap();
    lab
}

/// Keys of age and of SSH, each pair as `NAME` and `NAME.pub`.
fn keys(lab: &Lab) {
    let script = "set -e
        age-keygen -o age 2>/dev/null && age-keygen -y age >age.pub
        ssh-keygen -q -t ed25519 -N '' -f ed25519 -C a-comment
        ssh-keygen -q -t rsa -b 2048 -N '' -f rsa -C ''
        ssh-keygen -q -t ed25519 -N 'of the key' -f locked -C ''
        ssh-keygen -q -t ecdsa -N '' -f ecdsa -C ''";
    assert_eq!(lab.shell(script).code, 0);
}

#[test]
fn a_new_secret_is_made_once_and_for_its_owner() {
    let lab = fresh();
    let run = lab.run(&["secret", "new", "cluster.toml"]);
    fine(&run);
    assert_eq!(
        run.out,
        "A new secret was made: cluster.secret\n  Private keys derive from it. Never commit it. Keep a copy in a safe place.\n\
         next: pkiplan build cluster.toml\n"
    );
    let made = lab.read("cluster.secret");
    assert_eq!(fs::metadata(lab.path("cluster.secret")).unwrap().mode() & 0o7777, 0o600);
    fails(
        &lab.run(&["secret", "new", "cluster.toml"]),
        "cluster.secret already exists, and pkiplan never overwrites a secret",
    );
    fine(&lab.run(&["build", "cluster.toml", "--at", AT]));
    let noted = lab.read("cluster.secret");
    let (note, rest): (Vec<&str>, Vec<&str>) = noted.lines().partition(|line| line.starts_with("# lock "));
    assert_eq!((note.len(), rest), (1, made.lines().collect()), "{noted}");
    lab.remove("cluster.secret");
    fails(
        &lab.run(&["secret", "new", "cluster.toml"]),
        "cluster.lock was made with a secret that is missing; restore it from a backup: with another secret, every key would change",
    );
    lab.remove("cluster.lock");
    fails(
        &lab.run(&["secret", "new", "cluster.toml"]),
        "there are trees in cluster.trees without their secret; restore it, or move the trees away to start a new PKI",
    );
    let run = lab.run(&["secret", "new", "other.toml"]);
    assert!(run.code == 1 && run.err.contains("cannot read the plan other.toml"), "{run:#?}");
    lab.write("cluster.lock", "<<<<<<<");
    let run = lab.run(&["secret", "new", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("lock::"), "{run:#?}");
    assert!(!lab.path("cluster.secret").exists());
}

#[test]
fn age_opens_what_we_seal() {
    let lab = Lab::written(PLAN);
    keys(&lab);
    let plain = lab.read("cluster.secret");
    for kind in ["age", "ed25519", "rsa"] {
        let run = lab.run(&["secret", "seal", "cluster.secret", "--recipients-file", &format!("{kind}.pub")]);
        fine(&run);
        assert_eq!(
            run.out,
            "sealed cluster.secret to cluster.secret.age\nTry the sealed files before you remove the plain ones.\nnext: git add cluster.secret.age\n"
        );
        assert!(lab.read("cluster.secret.age").starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
        let run = lab.shell(&format!("age --decrypt -i {kind} cluster.secret.age"));
        assert_eq!(run.out, plain, "{run:#?}");
        lab.remove("cluster.secret.age");
    }
    // age asks for passphrases at a terminal and nowhere else.
    let run =
        lab.shell("$PKIPLAN secret seal cluster.secret --passphrase --passphrase-fd 3 3<<E\nopen sesame\nE");
    fine(&run);
    assert!(run.out.starts_with("sealed cluster.secret to cluster.secret.age (verified)\n"), "{run:#?}");
    let run = lab.shell(
        "(sleep 2; echo 'open sesame') | script -qec 'age --decrypt -o opened cluster.secret.age' /dev/null >/dev/null",
    );
    assert_eq!(lab.read("opened"), plain, "{run:#?}");
}

#[test]
fn we_open_what_age_seals() {
    let lab = without_secret();
    keys(&lab);
    let plain = lab.read("backup");
    for (kind, options) in [("age", ""), ("ed25519", "--armor"), ("rsa", "")] {
        let sealed =
            lab.shell(&format!("age --encrypt {options} -R {kind}.pub -o cluster.secret.age backup"));
        assert_eq!(sealed.code, 0, "{sealed:#?}");
        let run = lab.run(&["secret", "open", "cluster.secret.age", "--identity", kind]);
        assert_eq!((run.code, &run.out), (0, &plain), "{run:#?}");
        assert_eq!(
            run.err,
            "warning: printing the contents of cluster.secret.age to standard output, unencrypted\n"
        );
        // Beside the plan it serves as the plain one does.
        let run = lab.run(&["build", "cluster.toml", "--locked", "--at", AT, "--identity", kind]);
        fine(&run);
        lab.remove("cluster.secret.age");
    }
    let script = "(sleep 1; echo sesame; sleep 1; echo sesame) |
        script -qec 'age --encrypt --passphrase -o cluster.secret.age backup' /dev/null >/dev/null";
    assert_eq!(lab.shell(script).code, 0);
    fine(&lab.shell(&format!("{BUILD} --locked --passphrase-fd 3 3<<E\nsesame\nE")));
}

#[test]
fn a_passphrase_is_asked_for_at_the_terminal() {
    let lab = without_secret();
    let script = "(sleep 1; echo sesame; sleep 1; echo sesame) |
        script -qec '$PKIPLAN secret seal backup --passphrase --remove' /dev/null";
    let run = lab.shell(script);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.out.contains("Give a passphrase to seal with: "), "{run:#?}");
    assert!(
        run.out.ends_with(
            "sealed backup to backup.age (verified)\r\nbackup is removed\r\nnext: git add backup.age\r\n"
        ),
        "{run:#?}"
    );
    assert!(!lab.path("backup").exists());
    let run = lab.shell("(sleep 1; echo sesame) | script -qec '$PKIPLAN secret check backup.age --plan cluster.toml' /dev/null");
    assert!(run.code == 0 && run.out.contains("backup.age matches cluster.lock"), "{run:#?}");
    let run = lab.shell("(sleep 1; echo a; sleep 1; echo b) | script -qec '$PKIPLAN secret new x.toml --passphrase' /dev/null");
    assert!(run.out.contains("cannot read the plan x.toml"), "{run:#?}");
    lab.write("x.toml", "format = 1\n");
    let run = lab.shell("(sleep 1; echo a; sleep 1; echo b) | script -qec '$PKIPLAN secret new x.toml --passphrase' /dev/null");
    assert!(run.out.contains("error: the two passphrases differ; nothing was sealed"), "{run:#?}");
    assert!(!lab.path("x.secret.age").exists());
}

#[test]
fn a_secret_is_sealed_as_it_is_made() {
    let lab = fresh();
    keys(&lab);
    let run =
        lab.run(&["secret", "new", "cluster.toml", "--recipients-file", "age.pub", "--identity", "age"]);
    fine(&run);
    assert_eq!(
        run.out,
        "A new secret was made: cluster.secret.age\n  Private keys derive from it. It is sealed, so you may commit it. Keep the key or passphrase that opens it in a safe place.\nnext: pkiplan build cluster.toml\n"
    );
    assert!(!lab.path("cluster.secret").exists());
    fine(&lab.run(&["build", "cluster.toml", "--at", AT, "--identity", "age"]));
    assert!(!lab.path("cluster.secret").exists());
    fails(
        &lab.run(&["build", "cluster.toml", "--at", AT]),
        "cluster.secret.age is sealed to keys: give the private one with `--identity FILE`",
    );
    fails(
        &lab.run(&["secret", "new", "cluster.toml"]),
        "cluster.secret.age already exists, and pkiplan never overwrites a secret",
    );
}

#[test]
fn sealing_removes_only_what_opens_again() {
    let lab = Lab::written(PLAN);
    keys(&lab);
    let seal = ["secret", "seal", "cluster.secret", "--recipients-file", "age.pub", "--remove"];
    fails(
        &lab.run(&seal),
        "`--remove` first checks that the sealed file opens: add `--identity FILE`, or leave `--remove` out",
    );
    // Sealed to another's key by mistake.
    let run = lab.run(&[&seal[..], &["--identity", "ed25519"]].concat());
    fails(
        &run,
        "cannot open what was sealed of cluster.secret: none of the keys opens it; give `--identity FILE` with the private key of one of its recipients",
    );
    assert!(lab.path("cluster.secret").exists() && !lab.path("cluster.secret.age").exists());
    let run = lab.run(&[&seal[..], &["--identity", "age"]].concat());
    fine(&run);
    assert_eq!(
        run.out,
        "sealed cluster.secret to cluster.secret.age (verified)\ncluster.secret is removed\nnext: git add cluster.secret.age\n"
    );
    assert!(!lab.path("cluster.secret").exists());
    fine(&lab.run(&["build", "cluster.toml", "--at", AT, "--identity", "age"]));
    // Keys are sealed like secrets, and nothing else is.
    let key = "cluster.trees/hosts/proxy1/etc/ssl/private/shop.key";
    fine(&lab.run(&["secret", "seal", key, "--recipients-file", "age.pub"]));
    assert_eq!(lab.shell(&format!("age -d -i age {key}.age")).out, lab.read(key));
    let run = lab.run(&["secret", "seal", "cluster.toml", "--recipients-file", "age.pub"]);
    fails(&run, "cluster.toml is not a secret, a PEM private key or an imported key");
    let run = lab.run(&["secret", "seal", "cluster.secret.age", "--recipients-file", "age.pub"]);
    fails(&run, "cluster.secret.age is already sealed");
}

#[test]
fn recipients_are_checked() {
    let lab = Lab::written(PLAN);
    keys(&lab);
    let seal = |options: &[&str]| lab.run(&[&["secret", "seal", "cluster.secret"], options].concat());
    fails(
        &seal(&[]),
        "name the recipients: `--recipient age1...`, `--recipients-file FILE` or `--passphrase`",
    );
    fails(
        &seal(&["--recipient", "age1x"]),
        "--recipient: `age1x` is not an X25519 recipient of age; write the `age1...` that `age-keygen` prints as the public key",
    );
    // A private key in the place of a public one is not repeated.
    let private = lab.read("age").lines().last().unwrap().to_owned();
    fails(
        &seal(&["--recipient", &private]),
        "--recipient: this is not a recipient; write `age1...`, `ssh-ed25519 ...` or `ssh-rsa ...`: a public key",
    );
    let run = seal(&["--recipients-file", "ecdsa.pub"]);
    assert!(run.code == 1 && run.err.starts_with("error: ecdsa.pub: line 1: "), "{run:#?}");
    lab.write("empty", "# nobody\n");
    fails(&seal(&["--recipients-file", "empty"]), "empty contains no recipient");
    let run = seal(&["--recipients-file", "age.pub", "--passphrase"]);
    assert_eq!(run.code, 1, "{run:#?}");
    // Two recipients: each of them opens.
    lab.write("both", &format!("# both\n{}{}", lab.read("age.pub"), lab.read("rsa.pub")));
    fine(&seal(&["--recipients-file", "both"]));
    for key in ["age", "rsa"] {
        let run = lab.run(&["secret", "open", "cluster.secret.age", "--identity", key]);
        assert_eq!(run.out, lab.read("cluster.secret"), "{run:#?}");
    }
    let run = lab.run(&["secret", "seal", "cluster.secret", "--recipients-file", "both"]);
    assert!(run.code == 1 && run.err.contains("already exists and is not overwritten"), "{run:#?}");
}

#[test]
fn what_does_not_open_says_why() {
    let lab = without_secret();
    keys(&lab);
    let open = |identity: &str| lab.run(&["secret", "open", "sealed", "--identity", identity]);
    let seal = |to: &str| assert_eq!(lab.shell(&format!("age -a -R {to}.pub -o sealed backup")).code, 0);
    seal("age");
    let keys =
        "none of the keys opens it; give `--identity FILE` with the private key of one of its recipients";
    fails(&open("ed25519"), &format!("cannot open sealed: {keys}"));
    fails(&open("nothing"), "cannot read nothing: No such file or directory (os error 2)");
    fails(
        &open("backup"),
        "backup: it contains neither age identities (`AGE-SECRET-KEY-1...`) nor an SSH private key",
    );
    fails(
        &open("ecdsa"),
        "ecdsa: age cannot use this kind of SSH key; use ssh-ed25519 or ssh-rsa, saved by `ssh-keygen -o`",
    );
    fails(&open("sealed"), "sealed: it is itself sealed to keys");
    fails(&lab.run(&["secret", "open", "backup"]), "backup is not sealed");
    let torn = "it is incomplete or was changed after it was sealed; restore it from git or a backup";
    let whole = lab.read("sealed");
    for cut in [40, whole.len() / 2, whole.len() - 40] {
        lab.write("sealed", &whole[..cut]);
        fails(&open("age"), &format!("cannot open sealed: {torn}"));
    }
    let line = whole.lines().nth_back(1).unwrap();
    let (a, b) = if line.starts_with('A') { ("A", "B") } else { (&line[..1], "A") };
    let changed = whole.replace(line, &line.replacen(a, b, 1));
    lab.write("sealed", &changed);
    fails(&open("age"), &format!("cannot open sealed: {torn}"));
    // An encrypted SSH key wants its passphrase.
    seal("locked");
    let with = |passphrase: &str| {
        lab.shell(&format!(
            "$PKIPLAN secret open sealed --identity locked --passphrase-fd 3 3<<E\n{passphrase}\nE"
        ))
    };
    assert_eq!(with("of the key").out, lab.read("backup"));
    fails(&with("another"), "locked: the passphrase does not open the SSH key");
    fails(&with(""), "locked: file descriptor 3 gives no passphrase");
    let run = lab.shell("setsid -w $PKIPLAN secret open sealed --identity locked </dev/null");
    assert!(
        run.code == 1 && run.err.contains("use `--passphrase-fd N` to read it from a file descriptor"),
        "{run:#?}"
    );
    // A wrong passphrase of the file.
    fine(&lab.shell("$PKIPLAN secret seal backup --passphrase --passphrase-fd 3 3<<E\nright\nE"));
    let run = lab.shell("$PKIPLAN secret open backup.age --passphrase-fd 3 3<<E\nwrong\nE");
    fails(&run, "cannot open backup.age: the passphrase is wrong");
}

#[test]
fn a_backup_is_proven() {
    let lab = without_secret();
    let run = lab.run(&["secret", "check", "backup", "--plan", "cluster.toml"]);
    fine(&run);
    assert_eq!(run.out, "backup matches cluster.lock (secret `default`): 3 public keys agree\n");
    let run = lab.run(&["secret", "check", "backup"]);
    fine(&run);
    let identity = run.out.trim().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(run.out, format!("backup is a secret: its identity is {identity}\n"));
    assert!(lab.read("cluster.lock").contains(&identity));
    // Another secret.
    lab.write("other", &format!("pkiplan-secret-1 {}\n", "ab".repeat(32)));
    let other = lab.run(&["secret", "check", "other"]).out;
    let other = other.trim().rsplit(' ').next().unwrap();
    fails(
        &lab.run(&["secret", "check", "other", "--plan", "cluster.toml"]),
        &format!(
            "other is not the secret of cluster.lock: its identity is {other}, but the lock expects {identity} for secret `default`"
        ),
    );
    // The identity is right and a key is not.
    let names: Vec<String> = lab.state("cluster.certs").into_keys().collect();
    lab.shell(&format!("cp cluster.certs/{} cluster.certs/{}", names[1], names[0]));
    let run = lab.run(&["secret", "check", "backup", "--plan", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("but gives other keys for authority."), "{run:#?}");
    for (text, message) in [
        (
            "",
            "broken: the text is not one secret; a secret file contains one line: `pkiplan-secret-1` and 64 hexadecimal digits",
        ),
        (
            "pkiplan-secret-1 abc",
            "broken: the secret does not have 64 hexadecimal digits; a secret file contains one line: `pkiplan-secret-1` and 64 hexadecimal digits",
        ),
    ] {
        lab.write("broken", text);
        fails(&lab.run(&["secret", "check", "broken", "--plan", "cluster.toml"]), message);
    }
    fails(&lab.run(&["secret", "check", "backup", "--plan", "other.toml"]), "there is no lock other.lock");
    lab.write("cluster.lock", "format = 1\nid = \"00112233445566778899aabbccddeeff\"\n");
    fails(
        &lab.run(&["secret", "check", "backup", "--plan", "cluster.toml"]),
        "cluster.lock records no secret yet: nothing was built from it",
    );
}

#[test]
fn a_secret_comes_from_anywhere() {
    let lab = without_secret();
    let before = lab.state("cluster.trees");
    let digits = format!("pkiplan-secret-1 {SECRET}");
    for option in [
        "--secret backup".to_owned(),
        "--secret default=backup".to_owned(),
        "--secret ./backup".to_owned(),
        "--secret-fd 3 3<backup".to_owned(),
        "--secret-fd default=0 <backup".to_owned(),
        "--secret-command 'cat backup'".to_owned(),
        format!("--secret-command 'default=echo {digits}'"),
        format!("--secret-command 'X=\"{digits}\"; echo $X'"),
        "--secret-command 'head -c 999 backup | cat'".to_owned(),
    ] {
        lab.remove("cluster.trees");
        fine(&lab.shell(&format!("{BUILD} --locked {option}")));
        assert_eq!(lab.state("cluster.trees"), before, "{option}");
    }
    assert!(!lab.path("cluster.secret").exists());
    for (option, message) in [
        ("--secret nothing", "cannot read nothing: No such file or directory (os error 2)"),
        ("--secret-fd 3 3>&-", "file descriptor 3 is not open"),
        ("--secret-fd x", "--secret-fd: `x` is not a number"),
        ("--secret-command 'exit 3'", "the command for the secret `default` failed (exit status: 3)"),
        ("--secret-command true", "the command for the secret `default` printed nothing"),
        (
            "--secret-command 'echo hello world'",
            "what the command for the secret `default` printed: the text is not a secret of a known format; a secret file contains one line: `pkiplan-secret-1` and 64 hexadecimal digits",
        ),
        ("--secret backup --secret-fd 3 3<backup", "the secret `default` is given twice"),
        ("--secret /dev/zero", "cannot read /dev/zero: it is a device, not a regular file"),
    ] {
        fails(&lab.shell(&format!("{BUILD} --locked {option}")), message);
    }
    // Wrong, and missing.
    lab.write("other", &format!("pkiplan-secret-1 {}\n", "ab".repeat(32)));
    let run = lab.shell(&format!("{BUILD} --secret other"));
    assert!(
        run.code == 1 && run.err.contains("the lock was made with another secret than other"),
        "{run:#?}"
    );
    let run = lab.shell(BUILD);
    assert!(run.code == 1 && run.err.contains("there is a lock but no secret cluster.secret"), "{run:#?}");
}

#[test]
fn a_secret_that_others_may_read_is_told() {
    let lab = without_secret();
    fs::set_permissions(lab.path("backup"), fs::Permissions::from_mode(0o640)).unwrap();
    let run = lab.shell(&format!("{BUILD} --secret backup"));
    assert_eq!(
        (run.code, run.err.as_str()),
        (0, "warning: other users can read backup; run `chmod 600 backup`\n")
    );
    fs::set_permissions(lab.path("backup"), fs::Permissions::from_mode(0o600)).unwrap();
    fine(&lab.shell(&format!("{BUILD} --secret backup")));
}

/// Modes and owners of a secret, and what a build says of each; the last word is whether it builds.
const ACCESS: [(&str, &str, bool); 7] = [
    ("chmod 600 backup", "", true),
    ("chmod 604 backup", "warning: other users can read backup; run `chmod 600 backup`", true),
    ("chown 12345 backup", "warning: backup belongs to user 12345, who can read and replace it", true),
    ("chmod 620 backup", "other users can change backup", false),
    ("chmod 602 backup", "other users can change backup", false),
    ("chmod 666 backup; chown 12345 backup", "other users can change backup", false),
    ("mv backup kept; ln -s kept backup; chmod 622 kept", "other users can change backup", false),
];

#[test]
fn who_else_gets_at_a_secret_is_told_or_refused() {
    for (change, says, builds) in ACCESS {
        // Without being root nobody gives a file away.
        if change.contains("chown") && !rustix::process::geteuid().is_root() {
            continue;
        }
        let lab = without_secret();
        assert_eq!(lab.shell(change).code, 0, "{change}");
        let before = lab.state("cluster.trees");
        let run = lab.shell(&format!("{BUILD} --secret backup"));
        assert_eq!(run.code, i32::from(!builds), "{change}: {run:#?}");
        assert!(run.err.contains(says) && run.err.is_empty() == says.is_empty(), "{change}: {run:#?}");
        assert_eq!(lab.state("cluster.trees"), before, "{change}");
    }
}

/// Keys that were imported are told of as well, and the folder of trees is nobody else's.
#[test]
fn a_folder_of_trees_that_is_open_to_others_is_refused() {
    for (change, says) in [
        ("chmod 1777 cluster.trees", "anyone can write"),
        ("chown 12345 cluster.trees", "cluster.trees` belongs to user 12345"),
    ] {
        if change.contains("chown") && !rustix::process::geteuid().is_root() {
            continue;
        }
        let lab = Lab::written(PLAN);
        lab.build();
        assert_eq!(lab.shell(change).code, 0, "{change}");
        lab.append("\n[certificate.zoe]\nauthority = \"web\"\nusage = \"client\"\n");
        let lock = lab.read("cluster.lock");
        let run = lab.shell(BUILD);
        assert!(run.code == 1 && run.err.contains(says), "{change}: {run:#?}");
        assert_eq!(lab.read("cluster.lock"), lock, "{change}");
    }
}

/// Whom a secret is sealed to is nothing that a review may miss.
#[test]
fn recipients_that_change_are_a_high_risk() {
    let lab = Lab::written(PLAN);
    keys(&lab);
    lab.build();
    let script = "set -e; $PKIPLAN secret seal cluster.secret --recipients-file ed25519.pub
        printf '*.secret\n*.trees/\n' >.gitignore
        git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm a";
    fine(&lab.shell(&format!("{script} >/dev/null")));
    let risks = || -> Vec<String> {
        let run = lab.shell("$PKIPLAN diff cluster.toml --at 2026-01-01T00:00:00Z --format json");
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        let told: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let high = told["risks"].as_array().unwrap().iter().filter(|risk| risk["severity"] == "high");
        high.map(|risk| format!("{} {}", risk["risk"].as_str().unwrap(), risk["message"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(risks(), Vec::<String>::new());
    let tag = lab.shell("ssh-keygen -lf ed25519.pub").out.split_once("SHA256:").unwrap().1[..5].to_owned();
    for (option, to) in [
        ("-r $(cat age.pub) -R ed25519.pub -a", "a key `age1...`, the ssh-ed25519 key SHA256:"),
        ("-r $(cat age.pub)", "a key `age1...`; "),
        ("-R ed25519.pub -R rsa.pub", "the ssh-ed25519 key SHA256:"),
    ] {
        fine(&lab.shell(&format!("age --encrypt {option} -o cluster.secret.age cluster.secret")));
        let found = risks();
        assert!(
            found.len() == 1
                && found[0].starts_with("recipients `secret.age` next to the plan is sealed again, to ")
        );
        assert!(found[0].contains(to), "{found:#?}");
        assert!(
            found[0].ends_with(&format!("; before to the ssh-ed25519 key SHA256:{tag}...")),
            "{found:#?}"
        );
    }
    // A key that was imported, in a folder of its own.
    fine(&lab.shell("git checkout -q . && mkdir cluster.keys && age -e -R rsa.pub -o cluster.keys/a.key.age cluster.secret"));
    let found = risks();
    assert!(found.len() == 1 && found[0].ends_with("it was not there before"), "{found:#?}");
}

#[test]
fn a_sealed_secret_is_shared_in_its_place() {
    let lab = Lab::written(PLAN);
    keys(&lab);
    lab.build();
    lab.write("other.toml", PLAN);
    fine(&lab.shell("$PKIPLAN lock other.toml --at 2026-01-01T00:00:00Z >/dev/null"));
    fine(&lab.shell(
        "$PKIPLAN secret seal cluster.secret --recipients-file age.pub --identity age --remove >/dev/null",
    ));
    let build =
        "$PKIPLAN build other.toml --at 2026-01-01T00:00:00Z --secret cluster.secret.age --identity age";
    assert!(lab.shell(build).err.contains("belongs to another lock than"));
    let share = "$PKIPLAN secret share cluster.secret.age --plan other.toml";
    fails(
        &lab.shell(share),
        "cluster.secret.age is sealed to a key `age1...`: name all recipients again (`--recipient`, `--recipients-file` or `--passphrase`)",
    );
    let sealed = lab.read("cluster.secret.age");
    let run = lab.shell(&format!("{share} --recipients-file ed25519.pub --identity age"));
    assert!(
        run.code == 1 && run.err.contains("does not open") || run.err.contains("none of the keys"),
        "{run:#?}"
    );
    assert_eq!(lab.read("cluster.secret.age"), sealed);
    let run = lab.shell(&format!("{share} --recipients-file age.pub --identity age"));
    fine(&run);
    assert!(run.out.starts_with("cluster.secret.age now also serves other.lock"), "{run:#?}");
    let opened = lab.shell("age --decrypt -i age cluster.secret.age");
    assert_eq!(opened.out.matches("# lock ").count(), 2, "{opened:#?}");
    assert_eq!(lab.shell(build).code, 0);
    // Another recipient is told of.
    lab.write("third.toml", PLAN);
    fine(&lab.shell("$PKIPLAN lock third.toml --at 2026-01-01T00:00:00Z >/dev/null"));
    let share = share.replace("other.toml", "third.toml");
    let run =
        lab.shell(&format!("{share} --recipients-file age.pub --recipients-file rsa.pub --identity age"));
    assert!(run.code == 0 && run.err.contains("before to a key `age1...`"), "{run:#?}");
    assert_eq!(lab.shell("age --decrypt -i rsa cluster.secret.age").out.matches("# lock ").count(), 3);
}

#[test]
fn the_passphrase_of_an_ssh_key_asks_for_bounded_work() {
    let lab = Lab::written(PLAN);
    let script = "set -e; for rounds in 24 2500; do
        ssh-keygen -q -t ed25519 -N sesame -a $rounds -f key-$rounds -C ''; done
        $PKIPLAN secret seal cluster.secret --recipients-file key-24.pub --recipients-file key-2500.pub >/dev/null";
    fine(&lab.shell(script));
    let open = |key: &str| {
        lab.shell(&format!(
            "$PKIPLAN secret check cluster.secret.age --identity {key} --passphrase-fd 3 3<<E\nsesame\nE"
        ))
    };
    assert_eq!(open("key-24").code, 0, "{:#?}", open("key-24"));
    fails(
        &open("key-2500"),
        "key-2500: its passphrase asks for more than 2000 rounds of bcrypt; reduce them with `ssh-keygen -p -a 100`",
    );
}

#[test]
fn no_message_holds_a_word_of_the_secret() {
    let lab = without_secret();
    for broken in
        [SECRET.to_owned(), format!("pkiplan-secret-2 {SECRET}"), format!("pkiplan-secret-1 {SECRET}0")]
    {
        lab.write("broken", &broken);
        for command in [
            format!("{BUILD} --secret broken"),
            format!("{CHECK} broken"),
            "$PKIPLAN secret seal broken --recipient x".to_owned(),
        ] {
            let run = lab.shell(&command);
            assert_eq!(run.code, 1);
            assert!(!run.transcript().contains(&SECRET[..8]), "{run:#?}");
        }
    }
}
