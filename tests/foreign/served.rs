//! `diff --live`: OpenSSL serves, and what it shows is compared with the plan.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::Lab;

const LATER: &str = "2026-02-01T00:00:00Z";
const PKI: &str = "cluster.trees/hosts/master01/etc/kubernetes/pki";

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(lab: &Lab, name: &str, more: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = |end| lab.path(&format!("{PKI}/{name}.{end}")).display().to_string();
        let child = Command::new("openssl")
            .args(["s_server", "-quiet", "-accept", &format!("127.0.0.1:{port}"), "-naccept", "2"])
            .args(["-cert", &file("crt"), "-key", &file("key"), "-Verify", "1"])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Dropped, it is waited for.
        let server = Self { child, port };
        // The first of its two connections says that it is there.
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("openssl s_server does not begin");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn asked(lab: &Lab, port: u16, at: &str) -> (i32, Value) {
    let live = format!("master01=127.0.0.1:{port}");
    let run =
        lab.run(&["diff", "cluster.toml", "--live", &live, "--exit-code", "--format", "json", "--at", at]);
    assert_eq!(run.err, "", "{run:#?}");
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    (run.code, answer["drift"]["served"][0].clone())
}

#[test]
fn the_planned_certificate_and_an_older_one() {
    let lab = Lab::built("ha");
    for more in [&[][..], &["-tls1_2"]] {
        let server = Server::start(&lab, "apiserver", more);
        let (code, served) = asked(&lab, server.port, LATER);
        assert_eq!((code, served["shows"].as_str()), (0, Some("planned")), "{served:#}");
        assert_eq!(served["certificate"], "node.master01/kube-apiserver-serving");
    }
    // It serves what it has read, whatever lies on the disk now.
    let server = Server::start(&lab, "apiserver", &[]);
    let renewed = lab.run(&["renew", "cluster.toml", "node.master01/kube-apiserver-serving", "--at", LATER]);
    assert_eq!(renewed.code, 0, "{renewed:#?}");
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", LATER]).code, 0);
    let (code, served) = asked(&lab, server.port, "2027-01-02T00:00:00Z");
    assert_eq!((code, served["shows"].as_str()), (2, Some("older")), "{served:#}");
    assert_eq!(served["expired"], true, "{served:#}");
    let says = served["says"].as_str().unwrap();
    assert!(says.contains("has not read") && says.contains("expired on 2027-01-01T00:00:00Z"), "{says}");
}

#[test]
fn another_certificate_is_told_in_words() {
    let lab = Lab::built("ha");
    let server = Server::start(&lab, "apiserver-etcd-client", &[]);
    let (code, served) = asked(&lab, server.port, LATER);
    assert_eq!((code, served["shows"].as_str()), (2, Some("other")), "{served:#}");
    assert!(served["differences"].to_string().contains("subject"), "{served:#}");
}

#[test]
fn nobody_answers_or_speaks_otherwise() {
    let lab = Lab::built("ha");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let talker = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().unwrap();
        let mut first = [0; 1];
        stream.read_exact(&mut first).unwrap();
        stream.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n").unwrap();
    });
    let (code, served) = asked(&lab, port, LATER);
    assert_eq!((code, served["shows"].as_str()), (2, Some("nothing")), "{served:#}");
    talker.join().unwrap();
    let (code, served) = asked(&lab, port, LATER);
    assert_eq!((code, served["shows"].as_str()), (2, Some("nothing")), "{served:#}");
    assert!(served["says"].as_str().unwrap().contains("cannot be reached"), "{served:#}");
}
