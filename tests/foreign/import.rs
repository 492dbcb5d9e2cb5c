//! Taking over a running cluster: what `pkiplan import` finds, and what the builds after it leave as it is.
//! Everything that is imported was made by openssl, and openssl and GnuTLS judge what comes of it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Lab, Run};

/// The extensions of kubeadm's authorities.
const CA: &str =
    "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature,keyEncipherment,keyCertSign\n";

const P256: &str = "ecparam -name prime256v1 -genkey -noout -out KEY";
const P384: &str = "ecparam -name secp384r1 -genkey -noout -out KEY";

/// Runs a program in the lab's folder and wants it to succeed.
fn tool(lab: &Lab, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).current_dir(lab.path("")).args(arguments).output().unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

fn openssl(lab: &Lab, line: &str) -> String {
    tool(lab, "openssl", &line.split(' ').collect::<Vec<_>>())
}

/// A certificate of a key with a name of any shape, signed with its own key.
fn authority(lab: &Lab, key: &str, certificate: &str, name: &str, extensions: &str, days: &str) {
    let config = format!(
        "[req]\ndistinguished_name = n\nprompt = no\nstring_mask = utf8only\nutf8 = yes\nx509_extensions = x\n[n]\n{name}\n[x]\n{extensions}"
    );
    lab.write("ca.cnf", &config);
    let arguments =
        ["req", "-x509", "-new", "-config", "ca.cnf", "-key", key, "-out", certificate, "-days", days];
    tool(lab, "openssl", &arguments);
}

/// A certificate of a new key, issued as kubeadm does.
fn leaf(lab: &Lab, path: &str, authority: (&str, &str), subject: &str, usage: &str) {
    let (certificate, key) = (format!("{path}.crt"), format!("{path}.key"));
    let request = [
        "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", &key, "-subj", subject, "-out", "leaf.csr",
    ];
    tool(lab, "openssl", &request);
    lab.write("leaf.ext", &format!("extendedKeyUsage={usage}\nsubjectAltName=DNS:localhost\n"));
    let (ca, ca_key) = authority;
    let sign = [
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        "-CA",
        ca,
        "-CAkey",
        ca_key,
        "-CAcreateserial",
        "-days",
        "365",
        "-extfile",
        "leaf.ext",
        "-out",
        &certificate,
    ];
    tool(lab, "openssl", &sign);
}

/// A folder as `kubeadm init` leaves it.
fn kubeadm(lab: &Lab) {
    fs::create_dir_all(lab.path("pki/etcd")).unwrap();
    let authorities = [("ca", "kubernetes"), ("etcd/ca", "etcd-ca"), ("front-proxy-ca", "front-proxy-ca")];
    for (path, name) in authorities {
        openssl(lab, &format!("genrsa -traditional -out pki/{path}.key 2048"));
        let (key, certificate) = (format!("pki/{path}.key"), format!("pki/{path}.crt"));
        let extensions = format!("{CA}subjectKeyIdentifier=hash\nsubjectAltName=DNS:{name}\n");
        authority(lab, &key, &certificate, &format!("CN = {name}"), &extensions, "3650");
    }
    openssl(lab, "genrsa -traditional -out pki/sa.key 2048");
    openssl(lab, "rsa -in pki/sa.key -pubout -out pki/sa.pub");
    let leaves = [
        ("apiserver", "ca", "/CN=kube-apiserver", "serverAuth"),
        (
            "apiserver-kubelet-client",
            "ca",
            "/O=kubeadm:cluster-admins/CN=kube-apiserver-kubelet-client",
            "clientAuth",
        ),
        ("apiserver-etcd-client", "etcd/ca", "/CN=kube-apiserver-etcd-client", "clientAuth"),
        ("etcd/server", "etcd/ca", "/CN=solo", "serverAuth,clientAuth"),
        ("etcd/peer", "etcd/ca", "/CN=solo", "serverAuth,clientAuth"),
        ("front-proxy-client", "front-proxy-ca", "/CN=front-proxy-client", "clientAuth"),
    ];
    for (path, ca, subject, usage) in leaves {
        let (certificate, key) = (format!("pki/{ca}.crt"), format!("pki/{ca}.key"));
        leaf(lab, &format!("pki/{path}"), (&certificate, &key), subject, usage);
    }
}

fn import(lab: &Lab, arguments: &[&str]) -> Run {
    lab.run(&[&["import"], arguments, &["--plan", "cluster.toml"]].concat())
}

fn good(run: Run) -> Run {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    run
}

fn build(lab: &Lab) -> Run {
    good(lab.run(&["build", "cluster.toml"]))
}

/// Whether openssl takes `certificate` below `authority`.
fn verifies(lab: &Lab, authority: &str, certificate: &str) {
    let said = openssl(lab, &format!("verify -x509_strict -CAfile {authority} {certificate}"));
    assert!(said.ends_with("OK\n"), "{said}");
}

fn der(lab: &Lab, certificate: &str) -> String {
    openssl(lab, &format!("x509 -in {certificate} -outform PEM"))
}

const TREE: &str = "cluster.trees/hosts/solo/etc/kubernetes/pki";

#[test]
fn a_kubeadm_folder() {
    let lab = Lab::bare("single");
    kubeadm(&lab);
    let plan = lab.read("cluster.toml");
    let said = good(import(&lab, &["pki"]));
    let count = |word: &str| said.out.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((count("imported "), count("left "), count("note ")), (4, 13, 1), "{}", said.out);
    assert!(lab.read("cluster.toml").starts_with(&plan), "what stood in the plan stays");
    let keys = lab.state("cluster.keys");
    assert_eq!(keys.len(), 4);
    assert!(keys.values().all(|(mode, _)| *mode == 0o600), "{keys:?}");
    assert_eq!(fs::metadata(lab.path("cluster.keys")).map(|m| mode(&m)).unwrap(), 0o700);

    let first = build(&lab);
    assert!(first.out.contains("certificates 14 issued, 3 imported, 0 kept"), "{}", first.out);
    for path in ["ca.crt", "etcd/ca.crt", "front-proxy-ca.crt"] {
        assert_eq!(der(&lab, &format!("{TREE}/{path}")), der(&lab, &format!("pki/{path}")), "{path}");
    }
    let leaves = [
        ("ca", "apiserver"),
        ("ca", "apiserver-kubelet-client"),
        ("etcd/ca", "apiserver-etcd-client"),
        ("etcd/ca", "etcd/server"),
        ("etcd/ca", "etcd/peer"),
        ("front-proxy-ca", "front-proxy-client"),
    ];
    for (authority, leaf) in leaves {
        verifies(&lab, &format!("pki/{authority}.crt"), &format!("{TREE}/{leaf}.crt"));
        verifies(&lab, &format!("{TREE}/{authority}.crt"), &format!("pki/{leaf}.crt"));
        assert_ne!(der(&lab, &format!("pki/{leaf}.crt")), der(&lab, &format!("{TREE}/{leaf}.crt")));
    }
    assert_eq!(lab.read(&format!("{TREE}/sa.pub")), lab.read("pki/sa.pub"));
    let old = openssl(&lab, "rsa -in pki/sa.key -traditional");
    assert_eq!(openssl(&lab, &format!("rsa -in {TREE}/sa.key -traditional")), old);

    no_key_is_told(&lab, &[&said, &first]);

    // Nothing is left to do: neither for a build nor for an import.
    let second = good(lab.run(&["build", "cluster.toml", "--locked"]));
    assert!(second.out.contains("0 issued, 17 kept\nfiles        0 written"), "{}", second.out);
    let state = lab.state("cluster.keys");
    good(import(&lab, &["pki"]));
    assert_eq!(lab.state("cluster.keys"), state);
    good(lab.run(&["build", "cluster.toml", "--locked"]));
}

/// What is public, and what was said, holds no line of an imported key.
fn no_key_is_told(lab: &Lab, said: &[&Run]) {
    let mut public = said.iter().map(|run| run.out.clone() + &run.err).collect::<String>();
    for path in ["cluster.toml", "cluster.lock"] {
        public.push_str(&lab.read(path));
    }
    let certificates = lab.state("cluster.certs").into_keys().map(|name| format!("cluster.certs/{name}"));
    let manifests = lab.units().into_iter().map(|unit| format!("cluster.trees/{unit}.json"));
    public.extend(certificates.chain(manifests).map(|path| lab.read(&path)));
    let mut lines = 0;
    for name in lab.state("cluster.keys").into_keys() {
        let key = lab.read(&format!("cluster.keys/{name}"));
        for line in key.lines().filter(|line| !line.starts_with("-----")) {
            assert!(!public.contains(line), "{name}: {line}");
            lines += 1;
        }
    }
    assert!(lines > 80, "{lines} lines were looked for");
}

fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o7777
}

#[test]
fn a_second_generation_is_derived() {
    let lab = Lab::bare("single");
    kubeadm(&lab);
    good(import(&lab, &["pki"]));
    build(&lab);
    let line = lab
        .read("cluster.toml")
        .lines()
        .skip_while(|line| *line != "[authority.kubernetes]")
        .nth(1)
        .unwrap()
        .to_owned();
    for (generations, wanted) in [
        ("{ use = 1, trust = [1, 2] }", "1 issued, 17 kept"),
        ("{ use = 2, trust = [1, 2] }", "0 issued, 9 reissued, 9 kept"),
        ("{ use = 2, trust = [2] }", "0 issued, 17 kept, 1 removed"),
    ] {
        let plan = lab.read("cluster.toml");
        let plan: Vec<&str> = plan
            .lines()
            .filter(|line| {
                !line.starts_with("generations = { use = 1") && !line.starts_with("generations = { use = 2")
            })
            .collect();
        let plan = plan.join("\n").replace(&line, &format!("{line}\ngenerations = {generations}"));
        lab.write("cluster.toml", &format!("{plan}\n"));
        let built = build(&lab);
        assert!(built.out.contains(wanted), "{generations}: {}", built.out);
        verifies(&lab, &format!("{TREE}/ca.crt"), &format!("{TREE}/apiserver.crt"));
    }
    let said = tool(
        &lab,
        "openssl",
        &["verify", "-x509_strict", "-CAfile", &format!("{TREE}/ca.crt"), &format!("{TREE}/apiserver.crt")],
    );
    assert!(said.contains("OK"));
    // The old authority is no longer trusted, and its key no longer needed.
    fs::remove_file(lab.path("cluster.keys/authority.kubernetes-1.key")).unwrap();
    good(lab.run(&["build", "cluster.toml", "--locked"]));
}

/// Somebody renews the imported authority where it was made: its new certificate is taken, and nothing else changes
/// as long as name and key identifier stay.
#[test]
fn an_imported_authority_is_renewed_where_it_was_made() {
    let lab = Lab::bare("single");
    kubeadm(&lab);
    good(import(&lab, &["pki"]));
    build(&lab);
    let extensions = format!("{CA}subjectKeyIdentifier=hash\nsubjectAltName=DNS:kubernetes\n");
    authority(&lab, "pki/ca.key", "new.crt", "CN = kubernetes", &extensions, "7300");
    fs::copy(lab.path("new.crt"), lab.path("cluster.certs/authority.kubernetes-1.crt")).unwrap();
    let locked = lab.run(&["build", "cluster.toml", "--locked"]);
    assert!(locked.code == 1 && locked.err.contains("lock::locked"), "{locked:#?}");
    let built = lab.run(&["build", "cluster.toml"]);
    assert!(built.code == 0 && built.err.contains("decide::certificate-replaced"), "{built:#?}");
    assert!(built.out.contains("0 issued, 1 reissued, 16 kept"), "{}", built.out);
    assert_eq!(der(&lab, &format!("{TREE}/ca.crt")), der(&lab, "new.crt"));
    verifies(&lab, "new.crt", &format!("{TREE}/apiserver.crt"));
    // Another identifier stands in what it issues, so that is issued anew.
    authority(
        &lab,
        "pki/ca.key",
        "new.crt",
        "CN = kubernetes",
        &format!("{CA}subjectKeyIdentifier=01:02:03\n"),
        "7300",
    );
    fs::copy(lab.path("new.crt"), lab.path("cluster.certs/authority.kubernetes-1.crt")).unwrap();
    let built = lab.run(&["build", "cluster.toml"]);
    assert!(built.out.contains("0 issued, 10 reissued, 7 kept"), "{built:#?}");
    verifies(&lab, "new.crt", &format!("{TREE}/apiserver.crt"));
}

/// A root whose key is elsewhere, and an intermediate below it that issues.
#[test]
fn an_intermediate_below_a_root_whose_key_stays_away() {
    let lab = Lab::bare("single");
    for key in ["root.key", "ca.key"] {
        openssl(&lab, &format!("ecparam -name prime256v1 -genkey -noout -out {key}"));
    }
    authority(
        &lab,
        "root.key",
        "root.crt",
        "CN = offline root",
        &format!("{CA}subjectKeyIdentifier=hash\n"),
        "7300",
    );
    tool(&lab, "openssl", &["req", "-new", "-key", "ca.key", "-subj", "/O=old/CN=issuing", "-out", "ca.csr"]);
    lab.write("ca.ext", &format!("{CA}subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"));
    openssl(
        &lab,
        "x509 -req -in ca.csr -CA root.crt -CAkey root.key -CAcreateserial -days 3650 -extfile ca.ext -out ca.crt",
    );
    let said = good(import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"]));
    assert!(said.out.contains("note      ca.crt is an intermediate"), "{}", said.out);
    lab.edit("[authority.kubernetes]\n", "[authority.kubernetes]\nissuer = \"root\"\n");
    let key = openssl(&lab, "pkey -in root.key -pubout -outform DER -out root.der");
    assert_eq!(key, "");
    let digest = openssl(&lab, "dgst -sha256 -r root.der");
    let digest = digest.split(' ').next().unwrap();
    lab.append(&format!("\n[authority.root]\nimported.1 = \"sha256:{digest}\"\n"));
    fs::copy(lab.path("root.crt"), lab.path("cluster.certs/authority.root-1.crt")).unwrap();
    let built = lab.run(&["build", "cluster.toml"]);
    assert_eq!(built.code, 0, "{built:#?}");
    assert!(built.out.contains("2 imported"), "{}", built.out);
    assert_eq!(der(&lab, &format!("{TREE}/ca.crt")), der(&lab, "root.crt"));
    let leaf = format!("{TREE}/apiserver.crt");
    let said = openssl(&lab, &format!("verify -x509_strict -CAfile root.crt -untrusted {leaf} {leaf}"));
    assert!(said.ends_with("OK\n"), "{said}");

    // An intermediate that another root has issued is found out.
    authority(&lab, "ca.key", "cluster.certs/authority.kubernetes-1.crt", "CN = issuing", CA, "30");
    let said = lab.run(&["build", "cluster.toml"]);
    assert!(said.code == 1 && said.err.contains("was not issued by"), "{said:#?}");
    let said = lab.run(&["check", "cluster.toml"]);
    assert!(said.code == 1 && said.err.contains("resolve::contradicts-certificate"), "{said:#?}");
}

/// Other programs choose the hashes of their signatures themselves.
#[test]
fn authorities_that_are_signed_in_other_ways() {
    let make = [
        ("rsa", "genrsa -out KEY 2048"),
        ("p256", P256),
        ("p384", P384),
        ("ed25519", "genpkey -algorithm ed25519 -out KEY"),
    ];
    let cases = [
        ("rsa", "sha256", true),
        ("rsa", "sha384", true),
        ("rsa", "sha512", true),
        ("rsa", "sha1", false),
        ("p256", "sha256", true),
        ("p256", "sha512", true),
        ("p384", "sha256", true),
        ("p384", "sha384", true),
        ("ed25519", "", true),
    ];
    for (kind, hash, good_one) in cases {
        let lab = Lab::bare("single");
        let line = make.iter().find(|(known, _)| *known == kind).unwrap().1;
        openssl(&lab, &line.replace("KEY", "root.key"));
        openssl(&lab, &P256.replace("KEY", "ca.key"));
        let extensions = format!("{CA}subjectKeyIdentifier=hash\n");
        authority(&lab, "root.key", "root.crt", "CN = root", &extensions, "7300");
        tool(&lab, "openssl", &["req", "-new", "-key", "ca.key", "-subj", "/CN=issuing", "-out", "ca.csr"]);
        lab.write("ca.ext", &extensions);
        let hash = if hash.is_empty() { String::new() } else { format!(" -{hash}") };
        openssl(
            &lab,
            &format!(
                "x509 -req -in ca.csr -CA root.crt -CAkey root.key -set_serial 5 -days 30 -extfile ca.ext -out ca.crt{hash}"
            ),
        );
        lab.append("\n[authority.kubernetes]\nissuer = \"root\"\n\n[authority.root]\n");
        // A root that is older than SHA-2 is trusted because it is there.
        if kind == "rsa" {
            openssl(
                &lab,
                "x509 -in root.crt -signkey root.key -sha1 -days 7300 -clrext -extfile ca.ext -out root.crt",
            );
        }
        good(import(&lab, &["root.crt", "root.key", "--as", "authority.root"]));
        let said = import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"]);
        if !good_one {
            let why = "does not have an accepted signature";
            assert!(said.code == 1 && said.err.contains(why), "{kind}{hash}: {said:#?}");
            continue;
        }
        assert_eq!(said.code, 0, "{kind}{hash}: {said:#?}");
        let built = lab.run(&["build", "cluster.toml"]);
        assert_eq!(built.code, 0, "{kind}{hash}: {built:#?}");
    }
}

/// What was imported does not become something derived when its line is lost.
#[test]
fn a_lost_line_is_found_out() {
    let lab = Lab::bare("single");
    openssl(&lab, "ecparam -name prime256v1 -genkey -noout -out sa.key");
    lab.write("encryption.yaml", ENCRYPTION);
    good(import(&lab, &["sa.key", "encryption.yaml"]));
    build(&lab);
    let plan = lab.read("cluster.toml");
    let without = |start: &str| {
        let lines: Vec<&str> = plan.lines().filter(|line| !line.starts_with(start)).collect();
        lab.write("cluster.toml", &(lines.join("\n") + "\n"));
        lab.run(&["build", "cluster.toml"])
    };
    let said = without("imported.1 = \"sha256:");
    assert!(said.code == 1 && said.err.contains("lock::keep-mismatch"), "{said:#?}");
    let said = without("imported.2 = { key");
    assert!(said.code == 1 && said.err.contains("lock::generation"), "{said:#?}");
    lab.write("cluster.toml", &plan);
    good(lab.run(&["build", "cluster.toml", "--locked"]));
}

/// Names as other tools make them: repeated attributes, several in one, other attributes, other string types.
#[test]
fn names_of_any_shape_chain_to_the_byte() {
    let names = [
        "0.DC = org\n1.DC = example\n0.OU = one\n1.OU = two\nCN = root",
        "O = example\n0.OU = a\n+CN = multi\n+1.OU = b",
        "C = CH\nST = Zürich\nL = Zürich\nO = Beispiel & Söhne, GmbH\nCN = Wurzel\nemailAddress = pki@example.org",
        "0.O = b\n1.O = a\n2.O = b\nserialNumber = 7\nCN = order",
    ];
    for (position, name) in names.into_iter().enumerate() {
        for identifier in ["subjectKeyIdentifier=hash\n", "subjectKeyIdentifier=none\n"] {
            let lab = Lab::bare("single");
            openssl(&lab, "ecparam -name prime256v1 -genkey -noout -out ca.key");
            authority(&lab, "ca.key", "ca.crt", name, &format!("{CA}{identifier}"), "3650");
            good(import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"]));
            build(&lab);
            let text = |certificate: &str, what: &str| {
                openssl(&lab, &format!("x509 -in {certificate} -noout -nameopt RFC2253,-esc_msb {what}"))
            };
            let subject = text("ca.crt", "-subject").replace("subject=", "");
            let leaf = format!("{TREE}/apiserver.crt");
            assert_eq!(text(&leaf, "-issuer").replace("issuer=", ""), subject, "{position}");
            let said = openssl(&lab, &format!("verify -CAfile ca.crt {leaf}"));
            assert!(said.ends_with("OK\n"), "{said}");
            let said =
                tool(&lab, "certtool", &["--verify", "--load-ca-certificate", "ca.crt", "--infile", &leaf]);
            assert!(said.contains("Verified. The certificate is trusted."), "{said}");
        }
    }
}

/// Every way in which a private key comes.
#[test]
fn keys_in_every_form() {
    let forms = [
        ("rsa", "PKCS#1", "rsa -in rsa.pem -traditional -out KEY"),
        ("rsa", "PKCS#8", "pkcs8 -topk8 -nocrypt -in rsa.pem -out KEY"),
        ("rsa", "encrypted", "pkcs8 -topk8 -in rsa.pem -passout pass:open -out KEY"),
        // The default of OpenSSL 1.0.
        (
            "rsa",
            "encrypted, SHA-1",
            "pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA1 -in rsa.pem -passout pass:open -out KEY",
        ),
        ("p256", "SEC1", "ec -in p256.pem -out KEY"),
        ("p256", "SEC1 with parameters", "ecparam -name prime256v1 -genkey -out KEY"),
        ("p256", "PKCS#8", "pkcs8 -topk8 -nocrypt -in p256.pem -out KEY"),
        ("p384", "SEC1", "ec -in p384.pem -out KEY"),
        ("p384", "PKCS#8", "pkcs8 -topk8 -nocrypt -in p384.pem -out KEY"),
        ("ed25519", "PKCS#8", "genpkey -algorithm ed25519 -out KEY"),
        ("p256", "encrypted, scrypt", "pkcs8 -topk8 -scrypt -in p256.pem -passout pass:open -out KEY"),
    ];
    for (kind, form, line) in forms {
        let lab = Lab::bare("single");
        openssl(&lab, "genrsa -out rsa.pem 2048");
        openssl(&lab, "ecparam -name prime256v1 -genkey -noout -out p256.pem");
        openssl(&lab, "ecparam -name secp384r1 -genkey -noout -out p384.pem");
        openssl(&lab, &line.replace("KEY", "ca.key"));
        let open = ["-passin", "pass:open"];
        tool(&lab, "openssl", &[&["pkey", "-in", "ca.key", "-out", "plain.pem"], &open[..]].concat());
        authority(
            &lab,
            "plain.pem",
            "ca.crt",
            "CN = old",
            &format!("{CA}subjectKeyIdentifier=hash\n"),
            "3650",
        );
        let said = with_input(
            &lab,
            &[
                "import",
                "ca.crt",
                "ca.key",
                "--as",
                "authority.kubernetes",
                "--plan",
                "cluster.toml",
                "--passphrase-fd",
                "0",
            ],
            "open\n",
        );
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{kind} {form}: {said:#?}");
        let stored = openssl(&lab, "pkey -in cluster.keys/authority.kubernetes-1.key -pubout");
        assert_eq!(stored, openssl(&lab, "pkey -in plain.pem -pubout"), "{kind} {form}");
        assert!(
            lab.read("cluster.keys/authority.kubernetes-1.key").starts_with("-----BEGIN PRIVATE KEY-----\n")
        );
        build(&lab);
        verifies(&lab, "ca.crt", &format!("{TREE}/apiserver.crt"));
    }
}

fn with_input(lab: &Lab, arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
    command.current_dir(lab.path("")).args(arguments).env("NO_COLOR", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that asks for nothing may have gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Keys that cannot be used, each with what is said of it.
#[test]
fn keys_that_are_refused() {
    let bad = [
        ("genrsa -out ca.key 1024", "it is an RSA key of 1024 bits"),
        ("genrsa -3 -out ca.key 2048", "its public exponent is not 65537"),
        ("ecparam -name secp521r1 -genkey -noout -out ca.key", "it is a key on P-521"),
        ("ecparam -name secp256k1 -genkey -noout -out ca.key", "it is a key on the curve 1.3.132.0.10"),
        (
            "ecparam -name prime256v1 -genkey -noout -param_enc explicit -out ca.key",
            "its curve is given by parameters",
        ),
        ("genrsa -traditional -aes128 -passout pass:open -out ca.key 2048", "run `openssl pkcs8 -topk8"),
        ("genpkey -algorithm X25519 -out ca.key", "it is of the kind 1.3.101.110"),
    ];
    for (line, why) in bad {
        let lab = Lab::bare("single");
        openssl(&lab, line);
        let before = lab.state("");
        let said = import(&lab, &["ca.key", "--as", "keyring.service-account"]);
        assert_eq!(said.code, 1, "{said:#?}");
        assert!(said.err.contains(why), "{line}: {}", said.err);
        assert_eq!(lab.state(""), before, "nothing is changed");
    }
    // The passphrase of another key, and none.
    let lab = Lab::bare("single");
    openssl(
        &lab,
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes128 -pass pass:open -out ca.key",
    );
    let arguments = [
        "import",
        "ca.key",
        "--as",
        "keyring.service-account",
        "--plan",
        "cluster.toml",
        "--passphrase-fd",
        "0",
    ];
    let said = with_input(&lab, &arguments, "shut\n");
    assert!(said.code == 1 && said.err.contains("the passphrase does not open it"), "{said:#?}");
}

/// What is wrong with a good authority's files, what makes it so, and what is said.
type Spoiled<'a> = (&'a str, &'a dyn Fn(&Lab), &'a str);

/// Authorities that cannot be taken over; nothing is changed.
#[test]
fn authorities_that_are_refused() {
    let good_one = format!("{CA}subjectKeyIdentifier=hash\n");
    let cases: [Spoiled<'_>; 5] = [
        (
            "another key",
            &|lab| drop(openssl(lab, "ecparam -name prime256v1 -genkey -noout -out ca.key")),
            "is not this certificate's",
        ),
        (
            "no authority",
            &|lab| {
                authority(lab, "ca.key", "ca.crt", "CN = leaf", "basicConstraints=critical,CA:FALSE\n", "30")
            },
            "is not a CA certificate",
        ),
        (
            "may not sign",
            &|lab| {
                let extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\n";
                authority(lab, "ca.key", "ca.crt", "CN = leaf", extensions, "30");
            },
            "its key usage does not allow signing",
        ),
        (
            "two certificates",
            &|lab| lab.write("ca.crt", &lab.read("ca.crt").repeat(2)),
            "it contains 2 certificates",
        ),
        ("no key", &|lab| lab.write("ca.key", "nothing\n"), "none of the files is a private key"),
    ];
    for (name, spoil, why) in cases {
        let lab = Lab::bare("single");
        openssl(&lab, "ecparam -name prime256v1 -genkey -noout -out ca.key");
        authority(&lab, "ca.key", "ca.crt", "CN = old", &good_one, "30");
        spoil(&lab);
        let before = lab.state("");
        let said = import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"]);
        assert_eq!(said.code, 1, "{name}: {said:#?}");
        assert!(said.err.contains(why), "{name}: {}", said.err);
        assert_eq!(lab.state(""), before, "{name}: nothing is changed");
    }
}

/// Imports an authority with some more extensions.
fn imported(lab: &Lab, extension: &str) -> Run {
    openssl(lab, "ecparam -name prime256v1 -genkey -noout -out ca.key");
    authority(
        lab,
        "ca.key",
        "ca.crt",
        "CN = old",
        &format!("{CA}subjectKeyIdentifier=hash\n{extension}"),
        "30",
    );
    import(lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"])
}

/// Authorities below which programs refuse what the plan wants of them: `import` or at the latest `check` says so, as openssl does.
#[test]
fn authorities_that_cannot_issue_what_is_wanted() {
    let cases = [
        (
            "extendedKeyUsage=clientAuth\n",
            "may not issue certificates for servers, as `node.solo/kube-apiserver-serving`",
        ),
        ("extendedKeyUsage=serverAuth\n", "may not issue certificates for clients, as `"),
        (
            "nameConstraints=critical,excluded;dirName:d\n[d]\nCN=nobody\n",
            "has a critical extension that programs do not know, 2.5.29.30",
        ),
    ];
    for (extension, message) in cases {
        let lab = Lab::bare("single");
        let said = imported(&lab, extension);
        let checked = lab.run(&["check", "cluster.toml"]);
        let all = format!("{}{}", said.err, checked.err)
            .split_whitespace()
            .filter(|word| *word != "│")
            .collect::<Vec<_>>()
            .join(" ");
        assert!(said.code == 1 || checked.code == 1, "{extension}: {said:#?} {checked:#?}");
        assert!(all.contains(message), "{extension}: {all}");
    }
    // Both, and any, are as good as none.
    for extension in ["extendedKeyUsage=serverAuth,clientAuth\n", "extendedKeyUsage=anyExtendedKeyUsage\n"] {
        let lab = Lab::bare("single");
        let said = imported(&lab, extension);
        assert_eq!((said.code, lab.run(&["check", "cluster.toml"]).code), (0, 0), "{extension}: {said:#?}");
    }
}

/// What was imported cannot have been issued by a key that is made here.
#[test]
fn an_imported_authority_is_not_below_one_that_is_made_here() {
    let lab = Lab::bare("single");
    assert_eq!(imported(&lab, "").code, 0);
    lab.append("\n[authority.root]\ncommon-name = \"root\"\n");
    lab.edit("imported.1 = ", "issuer = \"root\"\nimported.1 = ");
    let run = lab.run(&["check", "cluster.toml"]);
    let said = run.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(
        run.code == 1 && said.contains("was not issued by `authority.root/1`, whose key is derived here"),
        "{run:#?}"
    );
}

#[test]
fn an_authority_that_has_expired_is_taken_with_a_warning() {
    let lab = Lab::bare("single");
    openssl(&lab, "ecparam -name prime256v1 -genkey -noout -out ca.key");
    authority(&lab, "ca.key", "ca.crt", "CN = old", &format!("{CA}subjectKeyIdentifier=hash\n"), "30");
    let said =
        import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes", "--at", "2099-01-01T00:00:00Z"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert!(
        said.err.contains("decide::already-expired") && said.err.contains("imported.1 = "),
        "{}",
        said.err
    );
}

/// A guide with cfssl: one authority for everything, and names that end in `-key.pem`.
#[test]
fn an_ssl_folder_with_one_authority() {
    let lab = Lab::bare("single");
    lab.edit("profile = \"high-availability\"\n", "profile = \"high-availability\"\nlayout = \"ssl\"\n");
    fs::create_dir_all(lab.path("ssl/etcd")).unwrap();
    openssl(&lab, "genrsa -traditional -out ssl/ca-key.pem 2048");
    let name = "C = CN\nST = BeiJing\nL = BeiJing\nO = k8s\nOU = System\nCN = kubernetes";
    authority(
        &lab,
        "ssl/ca-key.pem",
        "ssl/ca.pem",
        name,
        &format!("{CA}subjectKeyIdentifier=hash\n"),
        "3650",
    );
    for (path, usage) in [("ssl/kube-apiserver", "serverAuth"), ("ssl/etcd/server", "serverAuth,clientAuth")]
    {
        leaf(&lab, path, ("ssl/ca.pem", "ssl/ca-key.pem"), "/CN=leaf", usage);
        fs::rename(lab.path(&format!("{path}.crt")), lab.path(&format!("{path}.pem"))).unwrap();
        fs::rename(lab.path(&format!("{path}.key")), lab.path(&format!("{path}-key.pem"))).unwrap();
    }
    let said = import(&lab, &["ssl"]);
    assert_eq!(said.code, 0, "{said:#?}");
    let plan = lab.read("cluster.toml");
    assert!(
        plan.contains("[authority.kubernetes]\nserves = [\"kubernetes\", \"etcd\"]\nimported.1 = \"sha256:"),
        "{plan}"
    );
    assert!(said.out.contains("no authority was found for `front-proxy`"), "{}", said.out);
    let built = lab.run(&["build", "cluster.toml"]);
    assert_eq!(built.code, 0, "{built:#?}");
    for leaf in ["kube-apiserver.pem", "etcd/server.pem"] {
        verifies(&lab, "ssl/ca.pem", &format!("cluster.trees/hosts/solo/etc/kubernetes/ssl/{leaf}"));
        verifies(&lab, "cluster.trees/hosts/solo/etc/kubernetes/ssl/ca.pem", &format!("ssl/{leaf}"));
    }
}

const ENCRYPTION: &str = "apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources:
  - secrets
  providers:
  - aescbc:
      keys:
      - name: key2
        secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=
      - name: old
        secret: c2VjcmV0IGlzIHNlY3VyZQ==
  - secretbox:
      keys:
      - name: key1
        secret: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDI=
  - identity: {}
";

#[test]
fn encryption_keys_keep_name_provider_and_order() {
    let lab = Lab::bare("single");
    lab.write("encryption.yaml", ENCRYPTION);
    good(import(&lab, &["encryption.yaml"]));
    build(&lab);
    let tree = "cluster.trees/hosts/solo/etc/kubernetes/encryption-configuration.yaml";
    assert_eq!(lab.read(tree), ENCRYPTION);
    for path in ["cluster.toml", "cluster.lock"] {
        let text = lab.read(path);
        assert!(!text.contains("MDEyMzQ1") && !text.contains("30313233343536"), "{path} tells a key");
    }
    good(lab.run(&["build", "cluster.toml", "--locked"]));
    good(import(&lab, &["encryption.yaml"]));
    good(lab.run(&["build", "cluster.toml", "--locked"]));

    // A derived key takes over; what the old ones have encrypted stays readable, and no name is there twice.
    lab.edit("use = 3, trust = [\"identity\", 1, 2, 3] }", "use = 3, trust = [\"identity\", 1, 2, 3, 4] }");
    build(&lab);
    lab.edit("use = 3, trust", "use = 4, trust");
    build(&lab);
    let keys = "    - secretbox:\n      keys:\n      - name: key4\n";
    assert!(lab.read(tree).replace("\n  - ", "\n    - ").contains(keys), "{}", lab.read(tree));
    assert!(lab.read(tree).contains("name: old"), "{}", lab.read(tree));
}

/// What was stored in plain text goes on to be, and so does what was encrypted: API servers that have not changed yet
/// read what those write that have.
#[test]
fn a_cluster_that_does_not_encrypt_goes_on_so() {
    let tree = "cluster.trees/hosts/solo/etc/kubernetes/encryption-configuration.yaml";
    let providers = "  providers:\n  - identity: {}\n";
    let lab = Lab::bare("single");
    kubeadm(&lab);
    let said = good(import(&lab, &["pki"]));
    assert!(said.out.contains("`keyring.encryption` continues to store plain text"), "{said:#?}");
    assert!(
        lab.read("cluster.toml")
            .contains("[keyring.encryption]\ngenerations = { use = \"identity\", trust = [\"identity\"] }\n"),
        "{}",
        lab.read("cluster.toml")
    );
    build(&lab);
    assert!(lab.read(tree).ends_with(providers), "{}", lab.read(tree));
    // With its configuration it stays what it was.
    let lab = Lab::bare("single");
    kubeadm(&lab);
    let written =
        ENCRYPTION.replace("  - identity: {}\n", "").replace("providers:\n", providers.trim_start());
    lab.write("encryption.yaml", &written);
    good(import(&lab, &["pki", "encryption.yaml"]));
    build(&lab);
    assert_eq!(lab.read(tree), written);
}

/// What else was encrypted goes on to be.
#[test]
fn encrypted_resources_are_taken_over() {
    let lab = Lab::bare("single");
    let more = ENCRYPTION.replace("  - secrets\n", "  - configmaps\n  - secrets\n");
    assert_ne!(more, ENCRYPTION);
    lab.write("encryption.yaml", &more);
    let said = good(import(&lab, &["encryption.yaml"]));
    assert!(!said.out.contains("note "), "{said:#?}");
    build(&lab);
    assert_eq!(lab.read("cluster.trees/hosts/solo/etc/kubernetes/encryption-configuration.yaml"), more);
}

#[test]
fn encryption_that_would_become_unreadable_is_refused() {
    let bad = [
        (
            "- identity: {}",
            "- kms: {name: vault, endpoint: \"unix:///run/kms.sock\"}",
            "its KMS plugin `vault` uses version 1",
        ),
        ("c2VjcmV0IGlzIHNlY3VyZQ==", "c2VjcmV0", "has 6 bytes, but needs 16, 24 or 32"),
        // secretbox takes no other.
        ("aescbc", "secretbox", "has 16 bytes, but needs 32"),
        ("c2VjcmV0IGlzIHNlY3VyZQ==", "???", "is not base64"),
        ("name: old", "name: key2", "two keys with the name `key2`"),
    ];
    for (from, to, why) in bad {
        let lab = Lab::bare("single");
        lab.write("encryption.yaml", &ENCRYPTION.replace(from, to));
        let before = lab.state("");
        let said = import(&lab, &["encryption.yaml"]);
        assert!(said.code == 1 && said.err.contains(why), "{said:#?}");
        assert_eq!(lab.state(""), before);
    }
}

/// What a plan has built itself is not replaced by an import, and what was imported not by another.
#[test]
fn nothing_is_replaced() {
    let lab = Lab::bare("single");
    build(&lab);
    openssl(&lab, "ecparam -name prime256v1 -genkey -noout -out ca.key");
    authority(&lab, "ca.key", "ca.crt", "CN = old", &format!("{CA}subjectKeyIdentifier=hash\n"), "30");
    let before = lab.state("");
    let said = import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"]);
    assert!(said.code == 1 && said.err.contains("was derived by an earlier build"), "{said:#?}");
    assert_eq!(lab.state(""), before);
    fs::remove_file(lab.path("cluster.certs/authority.kubernetes-1.crt")).unwrap();
    let said = import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"]);
    assert!(said.code == 1 && said.err.contains("was derived by an earlier build"), "{said:#?}");

    let lab = Lab::bare("single");
    for key in ["one.key", "two.key"] {
        openssl(&lab, &format!("ecparam -name prime256v1 -genkey -noout -out {key}"));
    }
    good(import(&lab, &["one.key"]));
    let before = lab.state("");
    let said = import(&lab, &["two.key"]);
    assert!(said.code == 1 && said.err.contains("is a different key than two.key"), "{said:#?}");
    assert_eq!(lab.state(""), before);
    assert!(Path::new(&lab.path("cluster.keys/keyring.service-account-1.key")).exists());
}

/// Where the plan has the table in another shape, its lines are told and nothing is changed.
#[test]
fn a_plan_that_cannot_be_edited_is_left() {
    let lab = Lab::bare("single");
    let plan = lab.read("cluster.toml");
    lab.write("cluster.toml", &format!("authority.kubernetes = {{ key = \"ecdsa-p256\" }}\n{plan}"));
    openssl(&lab, "ecparam -name prime256v1 -genkey -noout -out ca.key");
    authority(&lab, "ca.key", "ca.crt", "CN = old", &format!("{CA}subjectKeyIdentifier=hash\n"), "30");
    let before = lab.state("");
    let said = import(&lab, &["ca.crt", "ca.key", "--as", "authority.kubernetes"]);
    assert!(
        said.code == 1 && said.err.contains("[authority.kubernetes]\nimported.1 = \"sha256:"),
        "{said:#?}"
    );
    assert_eq!(lab.state(""), before);
}

/// Schemes of DES and 3DES are refused by name, whatever the passphrase is, and with what to do.
#[test]
fn old_encryption_is_named() {
    let lab = Lab::bare("single");
    fs::create_dir_all(lab.path("pki")).unwrap();
    authority_of(&lab, "pki/ca.key");
    lab.write("passphrase", "abcd\n");
    for (options, way) in [("-v1 PBE-SHA1-3DES", "PKCS#12's scheme"), ("-v2 des3", "PBES2 with 3DES")] {
        openssl(&lab, &format!("pkcs8 -topk8 {options} -in pki/ca.key -passout pass:abcd -out old.key"));
        fs::rename(lab.path("old.key"), lab.path("pki/ca.key")).unwrap();
        let run = lab.shell("$PKIPLAN import --plan cluster.toml --passphrase-fd 3 pki 3<passphrase");
        assert_eq!(run.code, 1);
        assert!(run.err.contains("pki/ca.key: it is encrypted in an old format"), "{}", run.err);
        assert!(run.err.contains(way) && run.err.contains("openssl pkcs8 -topk8"), "{}", run.err);
        authority_of(&lab, "pki/ca.key");
    }
}

/// An authority's key and certificate.
fn authority_of(lab: &Lab, key: &str) {
    openssl(lab, &format!("ecparam -name prime256v1 -genkey -noout -out {key}"));
    let certificate = key.replace(".key", ".crt");
    authority(lab, key, &certificate, "CN = kubernetes", &format!("{CA}subjectKeyIdentifier=hash\n"), "3650");
}

/// Tokens and passwords that are in use keep their text, wherever they come from, and no message shows one.
#[test]
fn tokens_and_passwords_that_are_in_use() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: bootstrap-token-abcdef, namespace: kube-system }\ntype: bootstrap.kubernetes.io/token\nstringData:\n  token-id: abcdef\n  token-secret: 0123456789abcdef\n  usage-bootstrap-authentication: \"true\"\n";
    let row = "# tokens\nother-token-1,somebody,1\n0011223344556677,ci,1001,\"readers\"\n";
    let bootstrap = "[keyring.bootstrap]\nkind = \"bootstrap-token\"\n";
    let fixed = "[keyring.bootstrap]\nkind = \"static-token\"\nuser = \"ci\"\n";
    for (table, file, token) in [
        (bootstrap, "abcdef.0123456789abcdef\n", "abcdef.0123456789abcdef"),
        (bootstrap, secret, "abcdef.0123456789abcdef"),
        (fixed, row, "0011223344556677"),
        (fixed, "0011223344556677", "0011223344556677"),
    ] {
        let lab = Lab::bare("single");
        lab.append(&format!("\n{table}"));
        lab.write("token", file);
        let said = good(import(&lab, &["token", "--as", "keyring.bootstrap"]));
        assert!(
            lab.read("cluster.toml").contains("imported.1 = \"hmac-sha256:"),
            "{}",
            lab.read("cluster.toml")
        );
        let built = lab.run(&["build", "cluster.toml"]);
        assert_eq!(built.code, 0, "{built:#?}");
        // kubectl reads what the API server would get.
        let (id, rest) = token.split_once('.').unwrap_or((token, ""));
        let found = if rest.is_empty() {
            lab.read("cluster.trees/hosts/solo/etc/kubernetes/token.csv").starts_with(&format!("{token},ci,"))
        } else {
            let objects = tool(
                &lab,
                "kubectl",
                &[
                    "annotate",
                    "--local",
                    "-o",
                    "json",
                    "-f",
                    "cluster.trees/cluster/kube-apiserver-bootstrap.yaml",
                    "a=b",
                ],
            );
            objects.contains(&format!("\"token-id\": \"{id}\"")) && objects.contains(rest)
        };
        assert!(found, "{table}: {:?}", lab.units());
        for text in [
            &said.out,
            &said.err,
            &built.out,
            &built.err,
            &lab.read("cluster.toml"),
            &lab.read("cluster.lock"),
        ] {
            assert!(!text.contains(token) && (rest.is_empty() || !text.contains(rest)), "{text}");
        }
        // Sealed it serves as well, and another one in its place does not.
        let file = "cluster.keys/keyring.bootstrap-1.key";
        tool(&lab, "age-keygen", &["-o", "identity"]);
        let recipient = tool(&lab, "age-keygen", &["-y", "identity"]);
        let seal =
            ["secret", "seal", file, "--recipient", recipient.trim(), "--remove", "--identity", "identity"];
        assert_eq!(lab.run(&seal).code, 0);
        assert!(!lab.path(file).exists());
        let again = lab.run(&["build", "cluster.toml", "--locked", "--identity", "identity"]);
        assert!(again.code == 0 && again.out.contains("files        0 written"), "{again:#?}");
        fs::remove_file(lab.path(&format!("{file}.age"))).unwrap();
        let without = lab.run(&["build", "cluster.toml", "--locked"]);
        assert!(without.code == 1 && without.err.contains("fill::imported-key"), "{without:#?}");
    }
    for (table, file, why) in [
        (bootstrap, "ABCDEF.0123456789abcdef", "are not a `bootstrap-token`"),
        (bootstrap, "kind: List\nitems: []\n", "it contains 0 Secrets of bootstrap tokens"),
        (fixed, "short", "are not a `static-token`"),
        (fixed, "other-token-1,somebody,1\n", "it contains 0 rows with the user `ci`"),
    ] {
        let lab = Lab::bare("single");
        lab.append(&format!("\n{table}"));
        lab.write("token", file);
        let plan = lab.read("cluster.toml");
        let said = import(&lab, &["token", "--as", "keyring.bootstrap"]);
        assert!(said.code == 1 && said.err.contains(why) && !said.err.contains("0123"), "{said:#?}");
        assert_eq!(lab.read("cluster.toml"), plan);
    }
}
