//! The cost of one certificate with other programs, where they are installed: a loop over a program, as people write it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::cost::{Cost, measure};
use super::{AT, PROGRAM};

/// Certificates in each loop.
const COUNT: u32 = 20;

pub(crate) fn run(folder: &Path) -> io::Result<()> {
    println!("\n{:<34}{:>16}{:>16}", "processor time per certificate", "ECDSA P-256", "RSA-2048");
    let own = |key| own(folder, key);
    line("pkiplan", own("ecdsa-p256")?, own("rsa-2048")?);
    if is_there("openssl") {
        let loop_of = |key: &str| {
            script(
                folder,
                &format!(
                    "openssl genpkey -quiet {key} -out k.pem 2>/dev/null && openssl req -new -key k.pem -subj /CN=node-$i -out r.pem && openssl x509 -req -in r.pem -CA ca.pem -CAkey ca-key.pem -days 365 -out c.pem 2>/dev/null"
                ),
            )
        };
        line(
            "a loop over openssl",
            loop_of("-algorithm EC -pkeyopt ec_paramgen_curve:P-256")?,
            loop_of("-algorithm RSA -pkeyopt rsa_keygen_bits:2048")?,
        );
    }
    if is_there("cfssl") {
        let loop_of = |key: &str| {
            script(
                folder,
                &format!(
                    "echo '{{\"CN\":\"node-'$i'\",\"key\":{key}}}' | cfssl gencert -loglevel=5 -ca ca.pem -ca-key ca-key.pem - > c.json 2>/dev/null"
                ),
            )
        };
        line(
            "a loop over cfssl",
            loop_of("{\"algo\":\"ecdsa\",\"size\":256}")?,
            loop_of("{\"algo\":\"rsa\",\"size\":2048}")?,
        );
    }
    Ok(())
}

fn line(name: &str, ecdsa: f64, rsa: f64) {
    println!("{name:<34}{:>14.3}ms{:>14.1}ms", ecdsa * 1e3, rsa * 1e3);
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Seconds of processor time for each certificate of a plan of free-standing certificates.
fn own(folder: &Path, key: &str) -> io::Result<f64> {
    let build = |count: u32| -> io::Result<Cost> {
        let folder = folder.join(format!("{key}-{count}"));
        std::fs::create_dir_all(&folder)?;
        let mut plan = format!(
            "format = 1\n[authority.services]\nkey = \"ecdsa-p256\"\nissued-key = \"{key}\"\n[node.host]\naddresses = [\"10.0.0.1\"]\n"
        );
        for number in 0..count {
            plan.push_str(&format!(
                "[certificate.c{number}]\nauthority = \"services\"\nusage = \"client\"\ncommon-name = \"c{number}\"\nnodes = \"node:host\"\ncertificate-file = \"/etc/c/{number}.crt\"\nkey-file = \"/etc/c/{number}.key\"\n"
            ));
        }
        std::fs::write(folder.join("cluster.toml"), plan)?;
        measure(Command::new(PROGRAM).current_dir(folder).args(["build", "cluster.toml", "--at", AT]))
    };
    // The difference of two sizes is the cost of a certificate, without the start of the program.
    let (few, many) = if key.starts_with("rsa") { (1, 101) } else { (1, 2001) };
    let (small, large) = (build(few)?, build(many)?);
    Ok((large.processor - small.processor.min(large.processor)).as_secs_f64() / f64::from(many - few))
}

/// Seconds of processor time for each turn of a loop of the shell.
fn script(folder: &Path, turn: &str) -> io::Result<f64> {
    let prepare = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca-key.pem -out ca.pem -days 30 -subj /CN=ca 2>/dev/null";
    let bash = |text: &str| measure(Command::new("bash").current_dir(folder).args(["-c", text]));
    bash(prepare)?;
    let cost = bash(&format!("for i in $(seq {COUNT}); do {turn}; done"))?;
    Ok(cost.processor.as_secs_f64() / f64::from(COUNT))
}
