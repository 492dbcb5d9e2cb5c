//! Verifies ECDSA signatures, which takes most of the time of verifying a certificate.
//!
//! With the feature `fast`, aws-lc verifies them, else the curves' own crates. The results are the same.

use super::algorithm::{EcdsaCurve, Hash};

/// Some when the holder of the key at `point` (SEC 1, 2.3.3) has signed the message.
#[cfg(not(feature = "fast"))]
pub(super) fn ecdsa(
    curve: EcdsaCurve,
    point: &[u8],
    hash: Hash,
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    crates::ecdsa(curve, point, hash.digest(message), signature)
}

/// Some when the holder of the key at `point` (SEC 1, 2.3.3) has signed the message.
#[cfg(feature = "fast")]
pub(super) fn ecdsa(
    curve: EcdsaCurve,
    point: &[u8],
    hash: Hash,
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    use aws_lc_rs::signature as aws;

    let algorithm = match (curve, hash) {
        (EcdsaCurve::P256, Hash::Sha256) => &aws::ECDSA_P256_SHA256_ASN1,
        (EcdsaCurve::P256, Hash::Sha384) => &aws::ECDSA_P256_SHA384_ASN1,
        (EcdsaCurve::P256, Hash::Sha512) => &aws::ECDSA_P256_SHA512_ASN1,
        (EcdsaCurve::P384, Hash::Sha256) => &aws::ECDSA_P384_SHA256_ASN1,
        (EcdsaCurve::P384, Hash::Sha384) => &aws::ECDSA_P384_SHA384_ASN1,
        (EcdsaCurve::P384, Hash::Sha512) => &aws::ECDSA_P384_SHA512_ASN1,
        (EcdsaCurve::P521, Hash::Sha256) => &aws::ECDSA_P521_SHA256_ASN1,
        (EcdsaCurve::P521, Hash::Sha384) => &aws::ECDSA_P521_SHA384_ASN1,
        (EcdsaCurve::P521, Hash::Sha512) => &aws::ECDSA_P521_SHA512_ASN1,
    };
    // It takes a SubjectPublicKeyInfo for a key, too.
    point.first().filter(|form| (2..=4).contains(*form))?;
    aws::UnparsedPublicKey::new(algorithm, point).verify(message, signature).ok()
}

#[cfg(any(not(feature = "fast"), test))]
mod crates {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;

    use super::EcdsaCurve;

    pub(super) fn ecdsa(curve: EcdsaCurve, point: &[u8], digest: Vec<u8>, signature: &[u8]) -> Option<()> {
        match curve {
            EcdsaCurve::P256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
                key.verify_prehash(&digest, &p256::ecdsa::Signature::from_der(signature).ok()?).ok()
            }
            EcdsaCurve::P384 => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
                key.verify_prehash(&wide(digest, 48), &p384::ecdsa::Signature::from_der(signature).ok()?).ok()
            }
            EcdsaCurve::P521 => {
                let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
                key.verify_prehash(&wide(digest, 66), &p521::ecdsa::Signature::from_der(signature).ok()?).ok()
            }
        }
    }

    /// The same number in at least as many bytes as the curve's order has: the crate refuses short digests.
    fn wide(digest: Vec<u8>, length: usize) -> Vec<u8> {
        let zeros = length.saturating_sub(digest.len());
        [vec![0; zeros], digest].concat()
    }
}

#[cfg(test)]
mod tests {
    use p521::ecdsa::signature::hazmat::PrehashSigner;

    use super::*;

    const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];

    /// Both back ends say yes to a signature, and no to each that differs from it in one byte or in its end.
    fn agree(curve: EcdsaCurve, point: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) {
        for hash in HASHES {
            let message = b"what is signed";
            let digest = hash.digest(message);
            // The crates sign no digest that is shorter than half the order.
            let padded = [vec![0; 66_usize.saturating_sub(digest.len())], digest.clone()].concat();
            let signature = sign(if curve == EcdsaCurve::P521 { &padded } else { &digest });
            let both = |point: &[u8], signature: &[u8]| {
                let ours = ecdsa(curve, point, hash, message, signature);
                assert_eq!(ours, crates::ecdsa(curve, point, digest.clone(), signature), "{signature:02x?}");
                ours
            };
            assert_eq!(both(point, &signature), Some(()), "{curve:?} {hash:?}");
            for at in 0..signature.len() {
                for bit in [1, 0x80] {
                    let mut other = signature.clone();
                    other[at] ^= bit;
                    assert_eq!(both(point, &other), None, "{curve:?} {hash:?} byte {at}");
                }
            }
            assert_eq!(both(point, &[&signature[..], &[0]].concat()), None);
            assert_eq!(both(point, &signature[..signature.len() - 1]), None);
            assert_eq!(both(&point[1..], &signature), None);
            assert_eq!(both(&[&[6], &point[1..]].concat(), &signature), None);
            let mut beside = point.to_vec();
            *beside.last_mut().unwrap() ^= 1;
            assert_eq!(both(&beside, &signature), None);
        }
    }

    #[test]
    fn both_back_ends_give_the_same_answers() {
        let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        agree(EcdsaCurve::P256, key.verifying_key().to_sec1_point(false).as_bytes(), |digest| {
            let signature: p256::ecdsa::Signature = key.sign_prehash(digest).unwrap();
            signature.to_der().as_bytes().to_vec()
        });
        let key = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap();
        agree(EcdsaCurve::P384, key.verifying_key().to_sec1_point(false).as_bytes(), |digest| {
            let signature: p384::ecdsa::Signature = key.sign_prehash(digest).unwrap();
            signature.to_der().as_bytes().to_vec()
        });
        let scalar = [vec![0], vec![7; 65]].concat();
        let key = p521::ecdsa::SigningKey::from_slice(&scalar).unwrap();
        agree(EcdsaCurve::P521, key.verifying_key().to_sec1_point(false).as_bytes(), |digest| {
            let signature: p521::ecdsa::Signature = key.sign_prehash(digest).unwrap();
            signature.to_der().as_bytes().to_vec()
        });
    }
}
