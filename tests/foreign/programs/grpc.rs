//! `plans/grpc-mutual-tls.toml`: a real client and a real server, with the folders of two hosts, accept each other and
//! nobody else.

use std::path::PathBuf;

use super::process::until;
use super::site::{Site, files};
use super::tls::{Side, answered, dial, serve};

const PLAN: &str = include_str!("../../../plans/grpc-mutual-tls.toml");
/// What the guide's client looks for in the server's certificate.
const NAME: &str = "pandaychentest";

#[test]
fn each_host_has_its_own_side_alone() {
    let site = Site::build(PLAN);
    let below = |host: &str| {
        let conf = conf(&site, host);
        let all = files(&site.host(host));
        all.iter().map(|file| file.strip_prefix(&conf).unwrap().display().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(below("client"), ["ca.crt", "client/client.crt", "client/client.key"]);
    assert_eq!(below("server"), ["ca.crt", "server/server.crt", "server/server.key"]);
    assert_eq!(below("laptop"), [below("client"), below("server")[1..].to_vec()].concat());
    // A stolen laptop gives nobody the key of a host.
    for file in ["client/client.key", "server/server.key"] {
        let host = file.split('/').next().unwrap();
        let [one, other] = [host, "laptop"].map(|host| std::fs::read(conf(&site, host).join(file)).unwrap());
        assert_ne!(one, other, "{file}");
    }
}

#[test]
fn the_server_takes_its_clients_alone() {
    let (ours, theirs) = (Site::build(PLAN), Site::build(PLAN));
    let server = side(&ours, "server", "server");
    let (mut daemon, port) = serve(&server, ours.folder());
    let client = side(&ours, "client", "client");
    until("an answer", std::slice::from_mut(&mut daemon), || {
        let said = dial(port, NAME, &client.roots, Some(&client), "-tls1_3");
        if answered(&said) { Ok(()) } else { Err(said.all()) }
    });
    let stranger = side(&theirs, "client", "client");
    let laptop = side(&ours, "laptop", "client");
    for version in ["-tls1_2", "-tls1_3"] {
        for known in [&client, &laptop] {
            let said = dial(port, NAME, &client.roots, Some(known), version);
            assert!(answered(&said), "{version}: {}", said.all());
        }
        let nobody =
            if version == "-tls1_3" { "alert certificate required" } else { "alert handshake failure" };
        for (whom, shown, why) in [
            ("nobody", None, nobody),
            ("another authority's client", Some(&stranger), "alert unknown ca"),
            ("a server", Some(&server), "alert unsupported certificate"),
        ] {
            // The server refuses it, not this client.
            let said = dial(port, NAME, &client.roots, shown, version);
            assert!(!answered(&said) && said.all().contains(why), "{version}, {whom}: {}", said.all());
        }
    }
}

#[test]
fn the_client_takes_its_server_alone() {
    let (ours, theirs) = (Site::build(PLAN), Site::build(PLAN));
    let client = side(&ours, "client", "client");
    // A client's certificate would be taken by itself, had it a server's usage.
    let posing = side(&ours, "laptop", "client");
    let (server, laptop) = (side(&ours, "server", "server"), side(&ours, "laptop", "server"));
    let stranger = Side { roots: client.roots.clone(), ..side(&theirs, "server", "server") };
    for (who, side, name, why) in [
        ("the server", &server, NAME, None),
        ("the server on the laptop", &laptop, NAME, None),
        ("another name", &server, "pandaychen", Some("hostname mismatch")),
        ("another authority's server", &stranger, NAME, Some("unable to get local issuer certificate")),
        ("a client", &posing, NAME, Some("unsuitable certificate purpose")),
    ] {
        let (daemon, port) = serve(side, ours.folder());
        until(who, &mut [daemon], || {
            let said = dial(port, name, &client.roots, Some(&client), "-tls1_3");
            let good = match why {
                Some(why) => !answered(&said) && said.all().contains(why),
                None => answered(&said),
            };
            if good { Ok(()) } else { Err(said.all()) }
        });
    }
}

fn conf(site: &Site, host: &str) -> PathBuf {
    site.host(host).join("opt/app/conf")
}

fn side(site: &Site, host: &str, what: &str) -> Side {
    let conf = conf(site, host);
    let file = |end: &str| conf.join(what).join(format!("{what}.{end}"));
    Side { certificate: file("crt"), key: file("key"), roots: conf.join("ca.crt") }
}
