//! Recognises binary files, and says how to convert them to PEM.

use crate::inspect::{Description, NotRecognised, describe};
use crate::values::Instant;

/// What a file is that pkiplan imports as PEM alone; none if it is nothing that could be imported.
pub(super) fn recognise(bytes: &[u8]) -> Option<String> {
    // Nobody asks how many days are left.
    match describe(bytes, Instant::from_unix(0)?) {
        Ok(found) => found.first().and_then(in_der),
        Err(known @ (NotRecognised::Java | NotRecognised::Pkcs12)) => Some(known.to_string()),
        Err(NotRecognised::BrokenKubeconfig | NotRecognised::Other) => None,
    }
}

fn in_der(description: &Description) -> Option<String> {
    let (what, command) = match description {
        Description::Certificate(_) => ("a certificate", "x509"),
        Description::PrivateKey(_) => ("a private key", "pkey"),
        Description::EncryptedKey { .. } => ("an encrypted private key", "pkcs8 -topk8"),
        _ => return None,
    };
    Some(format!(
        "it is {what} in DER, which `import` does not read; convert it to PEM with `openssl {command} -inform DER -in FILE -out NEW`"
    ))
}
