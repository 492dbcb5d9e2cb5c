//! openssl as a server and as a client that show certificates to each other.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Daemon, Said, find, free_ports, tell};
use super::site::name;

/// A certificate with its key, and the authority that the other side's is checked against.
pub(crate) struct Side {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) roots: PathBuf,
}

/// `tls.RequireAndVerifyClientCert` in the words of openssl; it answers what it is asked by HTTP.
pub(crate) fn serve(side: &Side, folder: &Path) -> (Daemon, u16) {
    let [port] = free_ports();
    let accept = format!("127.0.0.1:{port}");
    let path = |path: &Path| path.display().to_string();
    let arguments = [
        ["s_server", "-www", "-Verify", "1", "-verify_return_error", "-accept", &accept]
            .map(str::to_owned)
            .to_vec(),
        vec!["-cert".to_owned(), path(&side.certificate), "-key".to_owned(), path(&side.key)],
        vec!["-CAfile".to_owned(), path(&side.roots)],
    ];
    let about = format!("{}-{port}", name(&side.certificate));
    (Daemon::start(&about, &find("openssl"), &arguments.concat(), folder), port)
}

/// A question, and the answer: a server of TLS 1.3 refuses a client only after the handshake.
pub(crate) fn dial(port: u16, name: &str, roots: &Path, client: Option<&Side>, version: &str) -> Said {
    let mut command = Command::new(find("openssl"));
    command.args(["s_client", "-quiet", version, "-verify_return_error", "-verify_hostname", name]);
    command.args(["-servername", name, "-connect", &format!("127.0.0.1:{port}"), "-CAfile"]).arg(roots);
    if let Some(side) = client {
        command.arg("-cert").arg(&side.certificate).arg("-key").arg(&side.key);
    }
    tell(&mut command, "GET / HTTP/1.0\r\n\r\n")
}

pub(crate) fn answered(said: &Said) -> bool {
    said.out.starts_with("HTTP/1.0 200 ok")
}
