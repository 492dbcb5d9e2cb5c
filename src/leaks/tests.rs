use base64ct::{Base64, Base64UrlUnpadded as Base64Url, Encoding as _};
use miniz_oxide::deflate::compress_to_vec;
use sha2::{Digest as _, Sha256};

use super::*;

const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const EC: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const PBES2: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
const DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const SHROUDED: &[u8] = &[6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 2];
const CERTIFICATES: &[u8] = &[6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];

/// Bytes that look drawn, the same each time.
fn drawn(seed: &str, length: usize) -> Vec<u8> {
    let blocks = (0..).flat_map(|block| Sha256::digest(format!("{seed} {block}")).to_vec());
    blocks.map(|byte: u8| byte & 0x7f | 1).take(length).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    match length {
        0..=0x7f => [&[tag, length as u8], &content[..]].concat(),
        _ => [&[tag, 0x82], &length.to_be_bytes()[..], &content].concat(),
    }
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    element(2, &[bytes])
}

fn sec1() -> Vec<u8> {
    let point = element(0xa1, &[&element(3, &[&[0, 4], &drawn("point", 64)])]);
    element(0x30, &[&integer(&[1]), &element(4, &[&drawn("scalar", 32)]), &element(0xa0, &[P256]), &point])
}

fn pkcs8() -> Vec<u8> {
    element(0x30, &[&integer(&[0]), &element(0x30, &[EC, P256]), &element(4, &[&sec1()])])
}

fn pkcs1() -> Vec<u8> {
    let numbers = [256, 3, 256, 128, 128, 128, 128, 128].map(|length| integer(&drawn("rsa", length)));
    element(0x30, &[&integer(&[0]), &numbers.concat()])
}

fn encrypted() -> Vec<u8> {
    element(0x30, &[&element(0x30, &[PBES2, &element(0x30, &[])]), &element(4, &[&drawn("sealed", 160)])])
}

fn pkcs12(bag: &[u8]) -> Vec<u8> {
    let bag = element(0x30, &[bag, &element(0xa0, &[&drawn("bag", 200)])]);
    element(0x30, &[&integer(&[3]), &element(0x30, &[DATA, &element(0xa0, &[&element(4, &[&bag])])])])
}

fn java(tag: u8) -> Vec<u8> {
    let entry =
        [&[0, 0, 0, tag][..], b"\0\x01a", &[0; 8], b"\0\x05X.509", &[0, 0, 0, 80], &drawn("java", 80)];
    [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1][..], &entry.concat()].concat()
}

fn openssh(cipher: &str) -> Vec<u8> {
    let length = u32::try_from(cipher.len()).unwrap().to_be_bytes();
    [b"openssh-key-v1\0", &length[..], cipher.as_bytes(), &drawn("openssh", 250)].concat()
}

fn pem(label: &str, der: &[u8]) -> String {
    let digits = Base64::encode_string(der);
    let lines: Vec<&str> =
        digits.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn key() -> String {
    pem("PRIVATE KEY", &pkcs8())
}

fn base64(text: impl AsRef<[u8]>) -> String {
    Base64::encode_string(text.as_ref())
}

fn secret() -> String {
    format!("pkiplan-secret-1 {}", hex(&drawn("secret", 32)))
}

fn is_secret(bytes: &[u8; 32]) -> bool {
    bytes[..] == drawn("secret", 32)
}

fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let header = [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
    [&header[..], b"name\0", &compress_to_vec(bytes.as_ref(), 6), &[0; 8]].concat()
}

fn zip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let header = [b"PK\x03\x04\x14\0\0\0\x08\0", &[0; 16][..], &[4, 0, 0, 0]].concat();
    [&header[..], b"name", &compress_to_vec(bytes.as_ref(), 6), b"PK\x01\x02"].concat()
}

fn tar(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut archive = vec![0; 512];
    archive[..4].copy_from_slice(b"name");
    archive.extend_from_slice(bytes.as_ref());
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}

fn bzip2(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut compressed = Vec::new();
    let mut encoder = bzip2::bufread::BzEncoder::new(bytes.as_ref(), bzip2::Compression::best());
    std::io::Read::read_to_end(&mut encoder, &mut compressed).unwrap();
    compressed
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn utf32(text: &str, unit: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().map(u32::from).flat_map(unit).collect()
}

fn zlib(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    [&[0x78, 0x9c], &compress_to_vec(bytes.as_ref(), 6)[..], &[0; 4]].concat()
}

fn kubeconfig(user: &str) -> String {
    format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    server: https://192.0.2.1:6443\n  name: a\ncontexts: []\n\
         current-context: a\nkind: Config\nusers:\n- name: b\n  user:\n    {user}\n"
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn dump(bytes: &[u8]) -> String {
    let line = |(number, row): (usize, &[u8])| {
        let pairs: Vec<String> = row.chunks(2).map(hex).collect();
        format!("{:08x}: {:<39}  ................\n", number * 16, pairs.join(" "))
    };
    bytes.chunks(16).enumerate().map(line).collect()
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// What is found in bytes.
fn found(bytes: &[u8]) -> Vec<What> {
    let mut whats: Vec<What> = find(bytes, &is_secret).found.iter().map(|leak| leak.what).collect();
    whats.dedup();
    whats
}

#[track_caller]
fn each<T: AsRef<[u8]>>(what: What, kinds: impl IntoIterator<Item = (&'static str, T)>) {
    for (kind, bytes) in kinds {
        assert_eq!(found(bytes.as_ref()), [what], "{kind}");
        // Other bytes around it hide nothing, nor do further encodings.
        if !kind.starts_with("alone") {
            let around = [b"a text: 1\n", bytes.as_ref(), b"\nmore: 2\n"].concat();
            assert_eq!(found(&around), [what], "{kind} in a text");
            let outer =
                [base64(&around).into_bytes(), gzip(&around), zip(&around), tar(&around), gzip(tar(&around))];
            for (number, outer) in outer.iter().enumerate() {
                assert!(found(outer).contains(&what), "{kind} in encoding {number}");
            }
        }
    }
}

#[test]
fn secrets() {
    let secret = secret();
    let digits = secret.split(' ').next_back().unwrap().to_owned();
    let bytes = drawn("secret", 32);
    let texts = [
        ("a file", format!("# A comment.\n{secret}\n")),
        ("a shell's variable", format!("export SECRET='{secret}'")),
        ("YAML", format!("secret: \"{secret}\"")),
        ("JSON", format!("{{\"secret\": \"{secret}\\n\"}}")),
        ("beside a plan", format!("[cluster]\nname = \"a\"\n# {secret}")),
        ("a form", secret.replace(' ', "%20")),
        ("base64", base64(&secret)),
        ("base64 twice", base64(base64(&secret))),
        ("hexadecimal digits", hex(secret.as_bytes())),
        ("a dump", dump(secret.as_bytes())),
        ("its digits", format!("x={digits}")),
        ("its digits in capitals", digits.to_uppercase()),
        ("its bytes in base64", format!("x={}", base64(&bytes))),
    ];
    each(What::Secret, texts);
    each(What::Secret, [("alone, its bytes", bytes)]);
    each(
        What::Secret,
        [("UTF-16", utf16(&secret, u16::to_le_bytes)), ("UTF-16", utf16(&secret, u16::to_be_bytes))],
    );
    assert_eq!(found(format!("{secret}\n{secret}\n").as_bytes()), [What::Secret], "two");
    let other = hex(&drawn("another", 32));
    assert!(found(other.as_bytes()).is_empty(), "32 bytes could be anything");
}

#[test]
fn keys_in_texts() {
    let key = key();
    let end: String =
        pem("RSA PRIVATE KEY", &pkcs1()).lines().skip(4).map(|line| format!("{line}\n")).collect();
    let base64_lines = base64(&key)
        .as_bytes()
        .chunks(76)
        .map(|line| format!("    {}\n", String::from_utf8_lossy(line)))
        .collect::<String>();
    let texts = [
        ("PKCS#8", key.clone()),
        ("PKCS#1", pem("RSA PRIVATE KEY", &pkcs1())),
        ("SEC 1", pem("EC PRIVATE KEY", &sec1())),
        ("OpenSSH", pem("OPENSSH PRIVATE KEY", &openssh("none"))),
        ("OpenPGP", pem("PGP PRIVATE KEY BLOCK", &drawn("pgp", 300))),
        ("ends of lines of Windows", key.replace('\n', "\r\n")),
        ("ends of lines of old", key.replace('\n', "\r")),
        ("one line", key.replace('\n', " ")),
        ("no end", key.replace("-----END PRIVATE KEY-----", "")),
        ("no beginning", end.clone()),
        ("no beginning, a comment", end.replace('\n', "\n# ")),
        ("no beginning, JSON", json(&end)),
        ("a comment", key.replace('\n', "\n# ")),
        ("a block of YAML", format!("key: |\n{}", indented(&key))),
        ("JSON", json(&key)),
        ("JSON in JSON", json(&json(&key))),
        ("JSON in JSON in JSON", json(&json(&json(&key)))),
        ("a form", key.replace('+', "%2B").replace('\n', "%0A").replace(' ', "+")),
        ("HTML", key.replace('\n', "&#10;").replace('+', "&#x2b;")),
        ("line breaks of HTML", key.replace('\n', "<br>")),
        ("a patch", key.lines().map(|line| format!("+{line}\n")).collect()),
        ("a patch of a file that is gone", key.lines().map(|line| format!("-{line}\n")).collect()),
        ("texts put together", key.replace('\n', "\\n\" +\n  \"")),
        ("a Secret", format!("kind: Secret\ndata:\n  tls.key: {}", base64(&key))),
        ("a Secret on several lines", format!("kind: Secret\ndata:\n  tls.key: |\n{base64_lines}")),
        ("base64 twice", format!("data: {}", base64(base64(&key)))),
        ("base64url", format!("data={}", Base64Url::encode_string(key.as_bytes()))),
        ("a URL", format!("data:application/x-pem-file;base64,{}", base64(&key))),
        ("DER in base64", format!("key: {}", base64(pkcs8()))),
        ("an array of C", pkcs8().iter().map(|byte| format!("0x{byte:02x}, ")).collect()),
        ("bytes of Python", pkcs8().iter().map(|byte| format!("\\x{byte:02x}")).collect()),
        ("a dump", dump(&pkcs8())),
        (
            "a Helm release",
            format!("release: {}", base64(base64(gzip(format!("tls.key: {}", base64(&key)))))),
        ),
        (
            "openssl pkey -text",
            format!(
                "Private-Key: (256 bit)\npriv:\n    {}\npub:\n",
                drawn("text", 32).iter().map(|byte| format!("{byte:02x}:")).collect::<String>()
            ),
        ),
        (
            "a JSON Web Key",
            format!("{{\"kty\":\"EC\",\"d\":\"{}\"}}", Base64Url::encode_string(&Sha256::digest("web key"))),
        ),
        (
            "PuTTY",
            format!(
                "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\n{}\nPrivate-MAC: 00",
                base64(drawn("putty", 60))
            ),
        ),
    ];
    each(What::PrivateKey, texts);
    each(
        What::PrivateKey,
        [
            ("UTF-16", utf16(&key, u16::to_le_bytes)),
            ("UTF-16", utf16(&key, u16::to_be_bytes)),
            ("UTF-32", utf32(&key, u32::to_le_bytes)),
            ("UTF-32", utf32(&key, u32::to_be_bytes)),
            ("zlib", zlib(&key)),
            ("bzip2", bzip2(&key)),
            ("tar in bzip2", bzip2(tar(&key))),
        ],
    );
}

#[test]
fn keys_that_are_no_text() {
    let rsa = element(0x30, &[&integer(&[0]), &element(0x30, &[RSA, &[5, 0]]), &element(4, &[&pkcs1()])]);
    each(What::PrivateKey, [("PKCS#8", pkcs8()), ("RSA", rsa), ("PKCS#1", pkcs1()), ("SEC 1", sec1())]);
    each(What::PrivateKey, [("alone, OpenSSH", openssh("none"))]);
    each(What::Keystore, [("PKCS#12", pkcs12(SHROUDED)), ("alone, Java", java(1))]);
    let headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n";
    let old = pem("EC PRIVATE KEY", &drawn("old", 120)).replacen('\n', &format!("\n{headers}"), 1);
    each(What::EncryptedKey, [("PKCS#8", pem("ENCRYPTED PRIVATE KEY", &encrypted())), ("RFC 1421", old)]);
    each(
        What::EncryptedKey,
        [
            ("PKCS#8 in DER", encrypted()),
            ("OpenSSH", pem("OPENSSH PRIVATE KEY", &openssh("aes256-ctr")).into()),
        ],
    );
    // What the key is, for who knows its public half.
    let [leak] = &find(key().as_bytes(), &is_secret).found[..] else { panic!() };
    assert_eq!(leak.key.as_deref(), Some(&pkcs8()));
}

#[test]
fn kubeconfigs() {
    let with_key = kubeconfig(&format!("client-key-data: {}", base64(key())));
    let key_data = Credential::Key;
    let texts = [
        ("a kubeconfig", with_key.clone()),
        ("a ConfigMap", format!("kind: ConfigMap\ndata:\n  kubeconfig: |\n{}", indented(&with_key))),
        ("a second document", format!("---\na: 1\n---\n{with_key}")),
        ("a merge", format!("<<<<<<< HEAD\n{with_key}=======\n")),
        ("base64", base64(&with_key)),
        ("JSON", format!("{{\"users\":[{{\"user\":{{\"client-key-data\":\"{}\"}}}}]}}", base64(key()))),
        ("a folded line", with_key.replace("client-key-data: ", "client-key-data: >-\n      ")),
        ("JSON in JSON", json(&format!("{{\"client-key-data\": \"{}\"}}", base64(key())))),
    ];
    each(What::Kubeconfig(key_data), texts);
    let token = hex(&drawn("token", 16));
    let with_token = kubeconfig(&format!("token: {token}"));
    let texts = [
        ("a token", with_token.clone()),
        ("a ConfigMap", format!("kind: ConfigMap\ndata:\n  kubeconfig: |\n{}", indented(&with_token))),
        ("JSON", format!("{{\"kind\": \"Config\", \"users\": [{{\"user\": {{\"token\": \"{token}\"}}}}]}}")),
    ];
    each(What::Kubeconfig(Credential::Token), texts);
    let with_password = kubeconfig(&format!("username: admin\n    {}: correct-horse-7", "password"));
    let in_url = kubeconfig("").replace("https://", &format!("https://me:{}@", "correct-horse-7"));
    let in_proxy =
        kubeconfig("").replace("  name: a", &format!("  proxy-url: http://me:{}@a", "correct-horse-7"));
    let texts = [("a password", with_password), ("in a URL", in_url), ("in a proxy's URL", in_proxy)];
    each(What::Kubeconfig(Credential::Password), texts);
}

#[test]
fn tokens_and_passwords() {
    let bytes = base64(drawn("key", 32));
    let configuration = format!(
        "kind: EncryptionConfiguration\nresources:\n- providers:\n  - secretbox:\n      keys:\n      - name: key1\n        secret: {bytes}\n"
    );
    each(
        What::EncryptionKey,
        [
            ("YAML", configuration),
            ("JSON", format!("{{\"aescbc\": {{\"keys\": [{{\"secret\": \"{bytes}\"}}]}}}}")),
        ],
    );
    each(
        What::VrrpPassword,
        [("keepalived", format!("  authentication {{\n    auth_pass {}\n  }}", "eruiubyc"))],
    );
    let secret = "q8w3e5r7t9y1u2i4";
    let token = format!("q8w3e5.{secret}");
    let texts = [
        (
            "kubeadm's command",
            format!("kubeadm join 192.0.2.1:6443 --token {token} --discovery-token-ca-cert-hash sha256:0"),
        ),
        ("kubeadm's configuration", format!("bootstrapTokens:\n- token: {token}\n")),
        ("a Secret", format!("stringData:\n  token-id: q8w3e5\n  token-secret: \"{secret}\"\n")),
        ("a Secret in base64", format!("data:\n  token-secret: {}\n", base64(secret))),
        ("alone, a file", format!("{token}\n")),
    ];
    each(What::BootstrapToken, texts);
    let token = hex(&drawn("row", 16));
    each(
        What::StaticToken,
        [("a row", format!("{token},kubelet-bootstrap,10001,\"system:kubelet-bootstrap\""))],
    );
    let key = "password";
    let word = "correct-horse-7";
    let texts = [
        ("a Secret", format!("kind: Secret\nstringData:\n  {key}: {word}\n")),
        ("quotes", format!("kind: \"Secret\"\nstringData:\n  db-{key}: \"{word}\"\n")),
        ("a Secret in base64", format!("data:\n  {key}: {}\nkind: Secret\n", base64(word))),
        ("JSON", format!("{{\"kind\": \"Secret\", \"stringData\": {{\"{key}\": \"{word}\"}}}}")),
    ];
    each(What::SecretPassword, texts);
    let digits = hex(&Sha256::digest("certificate key"));
    let texts = [
        ("kubeadm's command", format!("kubeadm join 192.0.2.1:6443 --certificate-key {digits}")),
        ("kubeadm's configuration", format!("certificateKey: \"{digits}\"")),
        ("kubeadm's message", format!("[upload-certs] Using certificate key:\n{digits}\n")),
    ];
    each(What::CertificateKey, texts);
    let claims = Base64Url::encode_string(
        b"{\"sub\":\"system:serviceaccount:kube-system:default\",\"iss\":\"kubernetes/serviceaccount\"}",
    );
    let signature = Base64Url::encode_string(&drawn("signature", 64));
    each(What::ServiceAccountToken, [("a token", format!("eyJhbGciOiJSUzI1NiJ9.{claims}.{signature}"))]);
    let digits: String =
        drawn("age", 58).iter().map(|byte| char::from(b"QPZRY9X8GF2TVDW0"[usize::from(byte % 16)])).collect();
    each(
        What::AgeIdentity,
        [
            ("X25519", format!("AGE-SECRET-KEY-1{digits}")),
            ("post-quantum", format!("AGE-SECRET-KEY-PQ-1{digits}")),
        ],
    );
}

#[test]
fn what_is_public_is_left_alone() {
    let certificate = element(
        0x30,
        &[&element(0x30, &[&element(0xa0, &[&integer(&[2])]), &integer(&drawn("serial", 16))])],
    );
    let public = element(0x30, &[&element(0x30, &[EC, P256]), &element(3, &[&[0, 4], &drawn("point", 64)])]);
    let excerpt: String = key().lines().take(2).map(|line| format!("{line}\n")).collect();
    let kinds: Vec<(&str, Vec<u8>)> = vec![
        ("a certificate", pem("CERTIFICATE", &certificate).into()),
        ("a certificate in base64", base64(pem("CERTIFICATE", &certificate)).into()),
        ("a public key", pem("PUBLIC KEY", &public).into()),
        ("a public key in DER", public),
        ("PKCS#12 without a key", pkcs12(CERTIFICATES)),
        ("a trust store of Java", java(2)),
        ("a digest", format!("sha256:{}", hex(&drawn("digest", 32))).into()),
        ("go.sum", format!("example.org/a v1.0.0 h1:{}=\n", base64(drawn("sum", 32))).into()),
        ("an image", format!("data:image/png;base64,{}", base64(drawn("image", 4000))).into()),
        ("no key", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n".into()),
        ("the beginning of one", format!("{excerpt}...\n").into()),
        (
            "one character",
            format!("-----BEGIN PRIVATE KEY-----\nMI{}\n-----END PRIVATE KEY-----", "x".repeat(200)).into(),
        ),
        (
            "a sentence",
            "A secret begins with pkiplan-secret-1, a key with -----BEGIN PRIVATE KEY-----\n".into(),
        ),
        ("kubeadm's example", "kubeadm join --token abcdef.0123456789abcdef 192.0.2.1:6443\n".into()),
        (
            "an example's key",
            format!("kind: EncryptionConfiguration\n  secret: {}\n", base64("secret is secure")).into(),
        ),
        ("a hole", "auth_pass {{ password }}\ntoken: <token>\nsecret: ${SECRET}\n".into()),
        ("short", "auth_pass 1111\n".into()),
        ("a table of files", format!("{},name.bin,10001\n", hex(&drawn("table", 16))).into()),
        ("an age placeholder", format!("AGE-SECRET-KEY-1{}\n", "X".repeat(58)).into()),
        ("an example's Secret", format!("kind: Secret\ndata:\n  {}: MWYyZDFlMmU2N2Rm\n", "password").into()),
        (
            "a Secret that SOPS has encrypted",
            format!("kind: Secret\nstringData:\n  {}: ENC[AES256_GCM,data:AAAA,iv:BB]\n", "password").into(),
        ),
        (
            "a Secret without a value",
            format!("kind: Secret\nstringData:\n  {}:\n  username: admin\n", "password").into(),
        ),
        ("a store of Secrets", format!("kind: SecretStore\n{}: correct-horse-7\n", "password").into()),
        ("the end of a certificate", {
            let text = pem("CERTIFICATE", &certificate);
            text.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>().into()
        }),
        ("a URL", kubeconfig("").replace("https://", "https://me@").into()),
        (
            "kubeconfig's placeholders",
            kubeconfig("token: REDACTED\n    client-key-data: DATA+OMITTED").into(),
        ),
    ];
    for (kind, bytes) in kinds {
        assert_eq!(found(&bytes), [], "{kind}");
        assert_eq!(found(&gzip(&bytes)), [], "{kind}");
    }
}

/// All that is private in this repository are the secrets and keys of its own tests, which .gitattributes excepts.
#[test]
fn this_repository_is_clean() {
    fn below(folder: &std::path::Path, paths: &mut Vec<std::path::PathBuf>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true if path.ends_with("target") || path.ends_with(".git") => {}
                true => below(&path, paths),
                false => paths.push(path),
            }
        }
    }
    let mut paths = Vec::new();
    below(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), &mut paths);
    assert!(paths.len() > 500, "the files are not where they are looked for");
    let is_test = |path: &std::path::Path| {
        path.extension().is_some_and(|end| end == "secret" || end == "key")
            || path.iter().any(|part| part == "seeds")
            // Trees of guides, with the tokens that these print.
            || path.iter().any(|part| part == "lint") && path.iter().any(|part| part == "tests")
    };
    let mut leaking = Vec::new();
    for path in paths.into_iter().filter(|path| !is_test(path)) {
        let bytes = std::fs::read(&path).unwrap();
        leaking.extend(found(&bytes).into_iter().map(|what| (path.clone(), what)));
    }
    assert_eq!(leaking, []);
}

/// Archives that grow without end, layers without end, and beginnings of everything: it ends, and says so.
#[test]
fn work_is_bounded() {
    assert!(find(&gzip(vec![0; 17 << 20]), &is_secret).cut);
    assert!(find(&bzip2(vec![0; 17 << 20]), &is_secret).cut);
    let mut layers = key();
    for _ in 0..10 {
        layers = base64(&layers);
    }
    assert!(find(layers.as_bytes(), &is_secret).cut);
    for beginning in [
        &b"-----BEGIN PRIVATE KEY-----"[..],
        b"-----END PRIVATE KEY-----",
        b"\xfd7zXZ\0\0\x04",
        b"BZh91AY&SY",
        b"://a:b@",
        b"\x1f\x8b\x08\0",
        b"PK\x03\x04",
        b"\xfe\xed\xfe\xed\0\0\0\x01\xff\xff\xff\xff",
        b"\x30\x83\xff\xff\xff\x02\x01\x03",
        b"eyJ.",
        b"token: ",
        b"\\\\\\\\",
        b"%2",
        b"0x",
    ] {
        let _ = find(&beginning.repeat((1 << 16) / beginning.len()), &is_secret);
    }
}
