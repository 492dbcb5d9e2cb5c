//! Multiplies a curve's base point by a scalar, which takes nearly all the time of deriving a key and of signing.
//!
//! With the feature `fast`, aws-lc computes the product, else the curves' own crates. The result is the same, so keys
//! and signatures have the same bytes.

use p256::elliptic_curve::NonZeroScalar;

use super::curve::Curve;

/// The point: SEC 1, 2.3.3, not compressed.
#[cfg(not(feature = "fast"))]
pub(super) fn multiply<C: Curve>(scalar: &NonZeroScalar<C>) -> Vec<u8> {
    use p256::elliptic_curve::ProjectivePoint;
    use p256::elliptic_curve::group::{Curve as _, Group as _};
    use p256::elliptic_curve::sec1::ToSec1Point as _;

    ProjectivePoint::<C>::mul_by_generator(scalar).to_affine().to_sec1_point(false).as_bytes().to_vec()
}

/// The point: SEC 1, 2.3.3, not compressed. To aws-lc the scalar is the private key of an exchange of keys.
#[cfg(feature = "fast")]
pub(super) fn multiply<C: Curve>(scalar: &NonZeroScalar<C>) -> Vec<u8> {
    use aws_lc_rs::agreement::PrivateKey;
    use p256::elliptic_curve::ff::PrimeField as _;

    let bytes = zeroize::Zeroizing::new(scalar.to_repr());
    let key = PrivateKey::from_private_key(C::EXCHANGE, &bytes).expect("a scalar is a private key");
    key.compute_public_key().expect("a private key has a public one").as_ref().to_vec()
}
