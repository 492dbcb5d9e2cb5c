//! Keys in forms that are not imported: each is told by its name, with the command that makes PEM of it.

use std::fs;

use crate::support::{Lab, Run};

/// A plan, and beside it an authority in every form that somebody may have it in.
fn lab() -> Lab {
    let lab = Lab::bare("single");
    let script = "set -e; mkdir forms
        openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -days 3650 -subj /CN=ca 2>/dev/null
        openssl x509 -in ca.pem -outform DER -out forms/ca.crt
        openssl pkey -in key.pem -outform DER -out forms/ca.key
        openssl pkcs8 -topk8 -in key.pem -outform DER -passout pass:sesame -out forms/sealed.key
        openssl pkcs12 -export -in ca.pem -inkey key.pem -passout pass:sesame -out forms/ca.p12
        printf '\\376\\355\\376\\355\\000\\000\\000\\002' >forms/ca.jks
        printf '\\211PNG\\r\\n' >forms/picture.png";
    let made = lab.shell(script);
    assert_eq!(made.code, 0, "{made:#?}");
    lab
}

const FORMS: [(&str, &str); 5] = [
    (
        "ca.crt",
        "it is a certificate in DER, which `import` does not read; convert it to PEM with `openssl x509 -inform DER -in FILE -out NEW`",
    ),
    (
        "ca.key",
        "it is a private key in DER, which `import` does not read; convert it to PEM with `openssl pkey -inform DER -in FILE -out NEW`",
    ),
    (
        "sealed.key",
        "it is an encrypted private key in DER, which `import` does not read; convert it to PEM with `openssl pkcs8 -topk8 -inform DER -in FILE -out NEW`",
    ),
    (
        "ca.p12",
        "it is PKCS#12, which is not supported here; convert it to PEM with `openssl pkcs12 -in FILE -nodes -out NEW`",
    ),
    (
        "ca.jks",
        "it is a Java keystore, which pkiplan does not read; convert it to PKCS#12 with `keytool -importkeystore -srckeystore FILE -destkeystore NEW -deststoretype PKCS12`",
    ),
];

fn import(lab: &Lab, paths: &[&str]) -> Run {
    lab.run(&[&["import", "--plan", "cluster.toml"], paths].concat())
}

#[test]
fn a_file_of_another_form_is_named() {
    let lab = lab();
    for (file, told) in FORMS {
        let path = format!("forms/{file}");
        let run = import(&lab, &[&path, "--as", "authority.kubernetes"]);
        assert_eq!(
            (run.code, run.err.as_str()),
            (1, format!("error: cannot import {path}: {told}\n").as_str())
        );
    }
    let run = import(&lab, &["forms/picture.png"]);
    assert_eq!(
        run.err,
        "error: cannot import forms/picture.png: it is neither PEM nor any other text that `import` reads\n"
    );
}

#[test]
fn a_folder_tells_what_it_leaves() {
    let lab = lab();
    let run = import(&lab, &["forms"]);
    assert_eq!(run.code, 1, "{run:#?}");
    let said = format!("{}{}", run.out, run.err);
    for (file, told) in FORMS {
        assert!(said.contains(&format!("forms/{file}: {told}")), "{file}: {said}");
    }
    assert!(!said.contains("picture"), "{said}");
}

/// What the messages say to do leads to what is imported.
#[test]
fn the_commands_make_what_is_imported() {
    let lab = lab();
    fs::create_dir(lab.path("pem")).unwrap();
    let script = "set -e; cd forms
        openssl x509 -inform DER -in ca.crt -out ../pem/ca.crt
        openssl pkey -inform DER -in ca.key -out ../pem/ca.key
        openssl pkcs8 -topk8 -inform DER -in sealed.key -passin pass:sesame -passout pass:sesame -out ../sealed.key
        openssl pkcs12 -in ca.p12 -nodes -passin pass:sesame -out ../both.pem";
    let made = lab.shell(script);
    assert_eq!(made.code, 0, "{made:#?}");
    let run = import(&lab, &["pem/ca.crt", "pem/ca.key", "--as", "authority.kubernetes"]);
    assert_eq!(run.code, 0, "{run:#?}");
    for file in ["sealed.key", "both.pem"] {
        assert_eq!(lab.run(&["inspect", file]).code, 0, "{file}");
    }
}

/// What editors and older programs make of the PEM of an authority.
const TEXTS: [(&str, &str); 4] = [
    ("a mark of UTF-8", "for f in pem/*; do printf '\\357\\273\\277' | cat - $f >new; mv new $f; done"),
    ("an indent", "sed -i 's/^/    /' pem/ca.crt pem/ca.key"),
    ("TRUSTED CERTIFICATE", "openssl x509 -in plain.crt -trustout -addtrust serverAuth -out pem/ca.crt"),
    ("X509 CERTIFICATE", "sed -i 's/CERTIFICATE/X509 CERTIFICATE/' pem/ca.crt"),
];

#[test]
fn texts_of_editors_and_older_programs_are_imported() {
    for (form, script) in TEXTS {
        let lab = Lab::bare("single");
        let made = lab.shell(&format!(
            "set -e; mkdir pem
            openssl req -x509 -newkey rsa:2048 -nodes -keyout pem/ca.key -out plain.crt -days 3650 -subj /CN=ca 2>/dev/null
            cp plain.crt pem/ca.crt; {script}"
        ));
        assert_eq!(made.code, 0, "{form}: {made:#?}");
        let run = lab.run(&["inspect", "pem/ca.crt"]);
        assert!(run.code == 0 && run.out.starts_with("certificate\n"), "{form}: {run:#?}");
        let run = import(&lab, &["pem/ca.crt", "pem/ca.key", "--as", "authority.kubernetes"]);
        assert_eq!(run.code, 0, "{form}: {run:#?}");
        assert_eq!(lab.read("cluster.certs/authority.kubernetes-1.crt"), lab.read("plain.crt"), "{form}");
    }
}
