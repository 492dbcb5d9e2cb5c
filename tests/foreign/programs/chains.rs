//! OpenSSL, GnuTLS and pkilint judge every certificate of every host.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::kubeconfigs::kubeconfigs;
use super::process::{Said, find, pkilint, run};
use super::site::{HA_VIP, SMALL, Site, files, files_ending, name};

/// An authority below a root, as companies have it.
pub(crate) const BELOW_ROOT: &str = r#"
[authority.company]
common-name = "company-root"
serves = []

[authority.kubernetes]
issuer = "company"
"#;

const RSA: &str = r#"
[authority.kubernetes]
key = "rsa-2048"

[authority.etcd]
key = "rsa-2048"

[authority.front-proxy]
key = "rsa-2048"

[keyring.service-account]
kind = "key-pair"
key = "rsa-2048"
"#;

/// A certificate of a tree with what a relying party has at hand to judge it.
pub(crate) struct Shown {
    pub(crate) file: PathBuf,
    pub(crate) roots: PathBuf,
    pub(crate) server: bool,
    client: bool,
    address: Option<IpAddr>,
}

#[test]
fn every_certificate_chains_to_the_roots_of_its_tree() {
    judge(HA_VIP, 1);
}

#[test]
fn a_chain_through_an_intermediate_is_whole() {
    judge(&format!("{HA_VIP}{BELOW_ROOT}"), 2);
}

#[test]
fn rsa_chains_too() {
    let site = judge(&format!("{SMALL}{RSA}"), 1);
    for file in files_ending(&site.host("master01"), ".key") {
        let said = run(&find("openssl"), ["pkey", "-noout", "-text", "-in", &file.display().to_string()]);
        assert!(said.out.contains("(2048 bit"), "{}: {}", file.display(), said.all());
    }
}

/// The plan of every algorithm, and of name constraints.
const ALGORITHMS: &str = include_str!("../../plans/algorithms.toml");

#[test]
fn chains_of_every_algorithm() {
    let (cluster, _) = ALGORITHMS.split_once("\n# On no host").unwrap();
    judge(cluster, 2);
}

/// One certificate of each kind, whose files lie below `users/`, through an intermediate with name constraints
/// above it.
#[test]
fn certificates_of_every_algorithm() {
    let site = Site::build(ALGORITHMS);
    let mut kinds = BTreeSet::new();
    for kind in ["p256", "p384", "ed25519", "rsa-2048", "rsa-3072", "rsa-4096"] {
        let file = site.user(kind).with_file_name("tls.crt");
        let shown = Shown { file, roots: site.authority("small"), server: true, client: true, address: None };
        for (purpose, number) in [("sslserver", 1), ("sslclient", 2)] {
            let said = [openssl(&shown, purpose), gnutls(&shown, &format!("1.3.6.1.5.5.7.3.{number}"))];
            assert!(said.iter().all(|said| said.well), "{kind}: {} {}", said[0].all(), said[1].all());
        }
        assert_eq!(findings(&first(&shown.file, site.folder())), [""; 0], "{kind}");
        let arguments = ["x509", "-noout", "-text", "-in", &path(&shown.file)];
        let text = run(&find("openssl"), strings(arguments)).out;
        kinds.extend(text.lines().filter(|line| line.contains("Public")).map(str::to_owned));
    }
    assert!(kinds.len() > 6, "{kinds:?}");
    for authority in ["company", "kubernetes", "etcd", "front-proxy", "services", "small"] {
        let found = findings(&site.authority(authority));
        let waived = "pkix.invalid_domain_name_syntax Invalid domain name syntax: ";
        assert!(found.iter().all(|finding| finding.starts_with(waived)), "{authority}: {found:?}");
    }
}

#[test]
fn a_foreign_root_is_refused() {
    let (ours, theirs) = (Site::build(SMALL), Site::build(SMALL));
    let pki = |site: &Site| site.host("master01").join("etc/kubernetes/pki");
    let purposes = [("apiserver.crt", "sslserver", 1), ("apiserver-kubelet-client.crt", "sslclient", 2)];
    for (file, purpose, number) in purposes {
        // Both roots have the same name, so that nothing but the signature tells them apart.
        for (site, wanted) in [(&ours, true), (&theirs, false)] {
            let (file, roots) = (pki(&ours).join(file), pki(site).join("ca.crt"));
            let shown = Shown { file, roots, server: false, client: false, address: None };
            assert_eq!(openssl(&shown, purpose).well, wanted, "{purpose}");
            assert_eq!(gnutls(&shown, &format!("1.3.6.1.5.5.7.3.{number}")).well, wanted, "{purpose}");
        }
    }
}

/// The VIP of the plan is what most clients dial.
#[test]
fn every_api_server_answers_for_the_endpoint() {
    let site = Site::build(HA_VIP);
    for master in ["master01", "master02", "master03"] {
        let pki = site.host(master).join("etc/kubernetes/pki");
        for names in [
            ["-verify_ip", "10.111.0.111"],
            ["-verify_ip", "10.96.0.1"],
            ["-verify_hostname", "kubernetes.default.svc.cluster.local"],
            ["-verify_hostname", master],
        ] {
            let mut arguments = strings(["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile"]);
            arguments.push(path(&pki.join("ca.crt")));
            arguments.extend(strings(names));
            arguments.push(path(&pki.join("apiserver.crt")));
            let said = run(&find("openssl"), arguments);
            assert!(said.well, "{master}: {names:?}: {}", said.all());
        }
    }
}

#[test]
fn pkilint_objects_to_nothing_but_names_of_one_label() {
    let site = Site::build(&format!("{HA_VIP}{BELOW_ROOT}"));
    let tree = site.host("master01");
    // One of each kind: keys of one kind differ by nothing that a linter sees.
    let mut kinds: BTreeMap<String, PathBuf> = BTreeMap::new();
    for shown in shown(&tree, site.folder()) {
        kinds.insert(name(&shown.file), shown.file);
    }
    for authority in ["company", "kubernetes", "etcd", "front-proxy"] {
        kinds.insert(format!("authority {authority}"), site.authority(authority));
    }
    let mut waived = BTreeSet::new();
    for (kind, file) in &kinds {
        for finding in findings(&first(file, site.folder())) {
            let label = finding.strip_prefix("pkix.invalid_domain_name_syntax Invalid domain name syntax: ");
            let label = label.map(|label| label.trim_matches('"').to_owned());
            match label.filter(|label| ["kubernetes", "localhost", "master01"].contains(&label.as_str())) {
                Some(label) => waived.insert(label),
                None => panic!("{kind}: {finding}"),
            };
        }
    }
    assert_eq!(waived.len(), 3, "a waiver that nothing needs: {waived:?}");
    let pki = tree.join("etc/kubernetes/pki");
    for (signer, signed) in [
        (site.authority("company"), site.authority("kubernetes")),
        (site.authority("kubernetes"), pki.join("apiserver-kubelet-client.crt")),
        (site.authority("etcd"), pki.join("apiserver-etcd-client.crt")),
        (site.authority("front-proxy"), pki.join("front-proxy-client.crt")),
    ] {
        let first = first(&signed, site.folder());
        let program = pkilint("lint_pkix_signer_signee_cert_chain");
        let said = run(&program, strings(["lint", "-s", "WARNING", &path(&signer), &path(&first)]));
        assert!(said.well && said.all().trim().is_empty(), "{}: {}", signed.display(), said.all());
    }
}

/// Has every certificate of every host and user judged, each for all that it is for and nothing else.
fn judge(plan: &str, steps: usize) -> Site {
    let site = Site::build(plan);
    let mut count = 0;
    for tree in site.hosts().into_iter().chain(site.users()) {
        for shown in shown(&tree, site.folder()) {
            count += 1;
            let about = shown.file.display().to_string();
            let text = fs::read_to_string(&shown.file).unwrap();
            let of_kubernetes =
                shown.roots.ends_with("pki/ca.crt") || shown.roots.extension().unwrap() == "roots";
            assert_eq!(text.matches("BEGIN CERT").count(), if of_kubernetes { steps } else { 1 }, "{about}");
            let purposes = [("sslserver", 1, shown.server), ("sslclient", 2, shown.client)];
            for (purpose, number, wanted) in purposes {
                let said = openssl(&shown, purpose);
                assert_eq!(said.well, wanted, "{about}: {purpose}: {}", said.all());
                let said = gnutls(&shown, &format!("1.3.6.1.5.5.7.3.{number}"));
                assert_eq!(said.well, wanted, "{about}: {purpose}: {}", said.all());
            }
        }
        authorities(&tree);
    }
    assert!(count >= 15, "{count}");
    site
}

/// The files of authorities themselves: roots stand alone, a signer chains to the roots beside it.
fn authorities(tree: &Path) {
    for roots in files(tree).into_iter().filter(|file| name(file).ends_with("ca.crt")) {
        let signer = roots.with_file_name(name(&roots).replace("ca.crt", "ca-signer.crt"));
        let checked = [Some(roots.clone()), Some(signer).filter(|file| file.is_file())];
        for file in checked.iter().flatten() {
            let arguments = ["verify", "-x509_strict", "-CAfile", &path(&roots), &path(file)];
            let said = run(&find("openssl"), strings(arguments));
            assert!(said.well, "{}: {}", file.display(), said.all());
        }
    }
}

/// All certificates of a tree, also those in kubeconfigs, which go into `folder` for the programs.
pub(crate) fn shown(tree: &Path, folder: &Path) -> Vec<Shown> {
    let pki = tree.join("etc/kubernetes/pki");
    let mut all = Vec::new();
    for file in files(tree).into_iter().filter(|file| file.extension().is_some_and(|end| end == "crt")) {
        let name = name(&file);
        if name.ends_with("ca.crt") || name.ends_with("ca-signer.crt") || name.ends_with("ca-issuers.crt") {
            continue;
        }
        let of_etcd = file.starts_with(pki.join("etcd")) || name == "apiserver-etcd-client.crt";
        let roots = match () {
            () if of_etcd => pki.join("etcd/ca.crt"),
            () if name == "front-proxy-client.crt" => pki.join("front-proxy-ca.crt"),
            () => pki.join("ca.crt"),
        };
        let both = ["server.crt", "peer.crt"].contains(&&*name);
        let server = both || ["apiserver.crt", "kubelet.crt"].contains(&&*name);
        let address = server.then(|| address(tree));
        all.push(Shown { file, roots, server, client: both || !server, address });
    }
    for embedded in kubeconfigs(tree) {
        let file = folder.join(format!("{}.crt", name(&embedded.file)));
        fs::write(&file, embedded.certificate).unwrap();
        // A user's tree has no folder of its own for roots: the kubeconfig's are all there is.
        let roots = folder.join(format!("{}.roots", name(&embedded.file)));
        fs::write(&roots, embedded.roots).unwrap();
        all.push(Shown { file, roots, server: false, client: true, address: None });
    }
    all
}

pub(crate) fn openssl(shown: &Shown, purpose: &str) -> Said {
    let mut arguments = strings(["verify", "-x509_strict", "-purpose", purpose, "-CAfile"]);
    arguments.push(path(&shown.roots));
    // What a server sends: its own certificate, then those between it and the root.
    arguments.extend(["-untrusted".to_owned(), path(&shown.file)]);
    if let (Some(address), "sslserver") = (shown.address, purpose) {
        arguments.extend(["-verify_ip".to_owned(), address.to_string()]);
    }
    arguments.push(path(&shown.file));
    run(&find("openssl"), arguments)
}

fn gnutls(shown: &Shown, purpose: &str) -> Said {
    let mut arguments = strings(["--verify", "--verify-profile", "medium", "--verify-purpose", purpose]);
    arguments.extend(["--load-ca-certificate".to_owned(), path(&shown.roots)]);
    arguments.extend(["--infile".to_owned(), path(&shown.file)]);
    run(&find("certtool"), arguments)
}

/// pkilint reads one certificate a file: the first of a chain, alone.
fn first(file: &Path, folder: &Path) -> PathBuf {
    const END: &str = "-----END CERTIFICATE-----\n";
    let text = fs::read_to_string(file).unwrap();
    let (certificate, _) = text.split_once(END).unwrap();
    let alone = folder.join("alone.crt");
    fs::write(&alone, format!("{certificate}{END}")).unwrap();
    alone
}

/// What pkilint finds: code and message.
fn findings(file: &Path) -> Vec<String> {
    let said = run(&pkilint("lint_pkix_cert"), strings(["lint", "-s", "WARNING", "-f", "JSON", &path(file)]));
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {}", said.all()));
    let results = report["results"].as_array().unwrap().iter();
    results
        .flat_map(|result| result["finding_descriptions"].as_array().unwrap())
        .map(|f| format!("{} {}", f["code"].as_str().unwrap(), f["message"].as_str().unwrap()))
        .collect()
}

/// The plans of these tests count their nodes so.
fn address(tree: &Path) -> IpAddr {
    let name = name(tree);
    let last = match name.strip_prefix("master0") {
        Some(number) => 100 + number.parse::<u8>().unwrap(),
        None => 103 + name.trim_start_matches("node0").parse::<u8>().unwrap(),
    };
    IpAddr::from([10, 111, 0, last])
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

fn strings<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}
