//! Whatever is private stays in the files that are made for it.

use std::collections::BTreeSet;

use base64ct::{Base64, Encoding as _};

use crate::support::certificate::data;
use crate::support::{AT, Lab, PLANS, SECRET};

/// Bytes as text, one character for each, so that a text search finds them.
fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How some private bytes could look elsewhere.
fn looks(bytes: &[u8]) -> [String; 4] {
    [latin(bytes), hex(bytes), hex(bytes).to_uppercase(), Base64::encode_string(bytes)]
}

/// The private keys (PKCS#8) that a file of a tree holds.
fn keys(text: &str) -> Vec<Vec<u8>> {
    let pem = match data(text, "client-key-data") {
        Some(encoded) => String::from_utf8(Base64::decode_vec(encoded).unwrap()).unwrap(),
        None => text.to_owned(),
    };
    let bodies = pem.split("-----BEGIN PRIVATE KEY-----\n").skip(1);
    bodies
        .map(|body| {
            let body: String = body.split("-----END").next().unwrap().lines().collect();
            Base64::decode_vec(&body).unwrap()
        })
        .collect()
}

#[test]
fn nothing_private_is_anywhere_else() {
    for plan in PLANS {
        let lab = Lab::of(plan);
        let mut said = Vec::new();
        for arguments in [
            &["build", "cluster.toml", "--at", AT][..],
            &["build", "cluster.toml", "--at", AT, "--format", "json"],
            &["check", "cluster.toml", "--format", "json"],
            &["show", "cluster.toml"],
            &["graph", "cluster.toml"],
            &["inspect", "cluster.trees/users/admin/kubeconfig"],
        ] {
            let run = lab.run(arguments);
            said.push((arguments.join(" "), format!("{}{}", run.out, run.err)));
        }
        let mut private: BTreeSet<String> = BTreeSet::new();
        let secret: Vec<u8> = SECRET
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        private.extend(looks(&secret));
        let (mut public, mut found) = (Vec::new(), 0);
        for (path, (_, bytes)) in lab.state(".") {
            let Some(bytes) = bytes else { continue };
            let text = latin(&bytes);
            let in_files = keys(&text);
            found += in_files.len();
            for key in &in_files {
                // Bytes of the scalar, or of the private exponent: both lie behind all that is public.
                let part = if key.len() < 200 { 36..68 } else { 320..352 };
                private.extend(looks(&key[part]));
                private.extend(looks(key));
                private.insert(Base64::encode_string(key)[64..128].to_owned());
            }
            let mut secrets = vec![];
            for line in text.lines().filter(|_| path.starts_with("cluster.trees/")) {
                let line = line.trim_start();
                secrets.extend(line.strip_prefix("auth_pass ").or_else(|| line.strip_prefix("secret: ")));
            }
            private.extend(secrets.iter().map(|secret| (*secret).to_owned()));
            if in_files.is_empty() && secrets.is_empty() && path != "cluster.secret" {
                public.push((path, text));
            }
        }
        assert!(found > 10 && private.len() > 100, "{plan}: {found} keys, {} secrets", private.len());
        for (place, text) in public.iter().chain(&said) {
            let hit = private.iter().any(|secret| text.contains(secret.as_str()));
            assert!(!hit, "{plan}: something private stands in {place}");
        }
    }
}
