//! Folders of files that others could have made, described in TOML: certificates are forged, texts are written.
//!
//! ```toml
//! [[certificate]]             # an authority where it has `ca = true`, else a good server and client
//! id = "ca"                   # what others call it
//! file = "pki/ca.crt"         # where it is appended, as PEM; `der` as DER
//! key-file = "pki/ca.key"     # where its private key goes
//! public-file = "pki/sa.pub"  # where its public key goes
//! subject = "kubernetes"      # common name
//! signed-by = "ca"            # itself where nothing is said
//! key = 1
//!
//! [[file]]
//! path = "admin.conf"
//! text = "... {cert:ca} {key:ca} ..."    # base64 of their PEM
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64ct::{Base64, Encoding};
use pkiplan::issue::pem;
use toml::{Table, Value};

use crate::support::forge::{self, CLIENT, CODE, Extension, Forge, SERVER};

/// Writes all files of a description below a folder.
pub(crate) fn write(description: &Table, folder: &Path) {
    let none = Vec::new();
    let list = |key: &str| description.get(key).map_or(&none, |value| value.as_array().unwrap());
    let mut made: BTreeMap<String, Made> = BTreeMap::new();
    for table in list("certificate").iter().map(|value| value.as_table().unwrap()) {
        let certificate = Made::of(table, &made);
        certificate.write(table, folder);
        made.insert(text(table, "id").unwrap_or(&certificate.subject).to_owned(), certificate);
    }
    for table in list("file").iter().map(|value| value.as_table().unwrap()) {
        let mut content = text(table, "text").unwrap().to_owned();
        for (id, certificate) in &made {
            content = content
                .replace(&format!("{{cert:{id}}}"), &Base64::encode_string(certificate.pem().as_bytes()));
            content = content
                .replace(&format!("{{key:{id}}}"), &Base64::encode_string(certificate.key_pem().as_bytes()));
        }
        let mode = text(table, "mode").map_or(0o600, |mode| u32::from_str_radix(mode, 8).unwrap());
        put(folder, text(table, "path").unwrap(), content.as_bytes(), mode);
    }
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).map(|value| value.as_str().unwrap())
}

fn texts<'t>(table: &'t Table, key: &str) -> Option<Vec<&'t str>> {
    let items = table.get(key)?.as_array().unwrap();
    Some(items.iter().map(|item| item.as_str().unwrap()).collect())
}

fn is(table: &Table, key: &str) -> bool {
    table.get(key).is_some_and(|value| *value == Value::Boolean(true))
}

/// Appends to what lies there.
fn put(folder: &Path, path: &str, content: &[u8], mode: u32) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let before = fs::read(&path).unwrap_or_default();
    fs::write(&path, [&before, content].concat()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

struct Made {
    der: Vec<u8>,
    subject: String,
    key: u8,
}

impl Made {
    fn of(table: &Table, made: &BTreeMap<String, Made>) -> Self {
        let subject = text(table, "subject").unwrap_or_default().to_owned();
        let key = table.get("key").map_or(0, |key| u8::try_from(key.as_integer().unwrap()).unwrap());
        let issuer = text(table, "signed-by").map(|issuer| &made[issuer]);
        let mut forge = Forge::leaf(&subject, key, issuer.map_or(key, |issuer| issuer.key));
        // Signed by another than it says.
        if let Some(signer) = table.get("signer") {
            forge.signer = u8::try_from(signer.as_integer().unwrap()).unwrap();
        }
        forge.issuer = issuer.map_or(subject.clone(), |issuer| issuer.subject.clone());
        let organizations =
            texts(table, "groups").unwrap_or_default().into_iter().map(|group| (10, group.to_owned()));
        forge.attributes =
            organizations.chain(text(table, "country").map(|value| (6, value.to_owned()))).collect();
        if let Some(serial) = text(table, "serial") {
            forge.serial = (0..serial.len() / 2)
                .map(|at| u8::from_str_radix(&serial[2 * at..2 * at + 2], 16).unwrap())
                .collect();
        } else {
            forge.serial = vec![u8::try_from(made.len() + 1).unwrap()];
        }
        if let Some(from) = text(table, "from") {
            forge.dates.0 = from.to_owned();
        }
        if let Some(to) = text(table, "to") {
            forge.dates.1 = to.to_owned();
        }
        if is(table, "generalized") {
            forge.dates.1 = format!("20{}", forge.dates.1);
        }
        if let Some(bits) = table.get("rsa") {
            forge.spki = Some(forge::rsa_spki(usize::try_from(bits.as_integer().unwrap()).unwrap()));
        }
        if is(table, "sha1") {
            forge.algorithms = (forge::ecdsa_with(&[1]), forge::ecdsa_with(&[1]));
        }
        forge.extensions = extensions(table, forge.key, issuer.map(|issuer| issuer.key));
        if is(table, "version-1") {
            (forge.version, forge.extensions) = (None, Vec::new());
        }
        Self { der: forge.make(), subject, key }
    }

    fn pem(&self) -> String {
        pem::encode("CERTIFICATE", &self.der)
    }

    fn key_pem(&self) -> String {
        pem::encode("EC PRIVATE KEY", &forge::private_key(self.key))
    }

    fn write(&self, table: &Table, folder: &Path) {
        if let Some(file) = text(table, "file") {
            put(folder, file, self.pem().as_bytes(), 0o644);
        }
        if let Some(file) = text(table, "der") {
            put(folder, file, &self.der, 0o644);
        }
        if let Some(file) = text(table, "key-file") {
            let mode = text(table, "key-mode").map_or(0o600, |mode| u32::from_str_radix(mode, 8).unwrap());
            put(folder, file, self.key_pem().as_bytes(), mode);
        }
        if let Some(file) = text(table, "public-file") {
            put(folder, file, pem::encode("PUBLIC KEY", &forge::spki(self.key)).as_bytes(), 0o644);
        }
    }
}

fn extensions(table: &Table, key: u8, issuer: Option<u8>) -> Vec<Extension> {
    let authority = is(table, "ca");
    let mut all = Vec::new();
    if authority || is(table, "basic") {
        let mut constraints = forge::constraints(authority, None);
        constraints.1 = !is(table, "basic-not-critical");
        all.push(constraints);
    }
    let bits = texts(table, "key-usages").map(|words| {
        let known =
            ["digitalSignature", "nonRepudiation", "keyEncipherment", "", "", "keyCertSign", "cRLSign"];
        words
            .into_iter()
            .map(|word| u8::try_from(known.iter().position(|known| *known == word).unwrap()).unwrap())
            .collect()
    });
    let bits: Vec<u8> = bits.unwrap_or(if authority { vec![5, 6] } else { vec![0] });
    if !bits.is_empty() {
        all.push(forge::usages(&bits));
    }
    let purposes =
        texts(table, "usages").unwrap_or(if authority { vec![] } else { vec!["server", "client"] });
    let purposes: Vec<&[u8]> = purposes
        .into_iter()
        .map(|word| match word {
            "server" => SERVER,
            "client" => CLIENT,
            _ => CODE,
        })
        .collect();
    if !purposes.is_empty() {
        all.push(forge::purposes(&purposes));
    }
    if authority && !is(table, "no-key-id") {
        all.push(forge::subject_key(key));
    }
    if !authority && !is(table, "no-key-id") {
        all.extend(issuer.map(forge::authority_key));
    }
    let dns = texts(table, "dns").unwrap_or_default();
    let ips: Vec<Vec<u8>> = texts(table, "ip")
        .unwrap_or_default()
        .into_iter()
        .map(|ip| match ip.parse().unwrap() {
            std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
            std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
        })
        .collect();
    let names = dns.iter().map(|dns| (2, dns.as_bytes())).chain(ips.iter().map(|ip| (7, ip.as_slice())));
    let names: Vec<(u8, &[u8])> = names.collect();
    if !names.is_empty() {
        all.push(forge::names(&names));
    }
    if let Some(permitted) = texts(table, "permitted") {
        let permitted: Vec<(u8, &[u8])> = permitted.iter().map(|dns| (2, dns.as_bytes())).collect();
        all.push(forge::allowed(&permitted, &[]));
    }
    all
}
