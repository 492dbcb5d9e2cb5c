//! Multiples of a curve's base point: where nearly all the time of a key and of a signature goes.

use p256::elliptic_curve::group::{Curve as _, Group as _};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::elliptic_curve::{NonZeroScalar, ProjectivePoint};

use super::curve::Curve;

/// The point: SEC 1, 2.3.3, not compressed.
pub(super) fn multiply<C: Curve>(scalar: &NonZeroScalar<C>) -> Vec<u8> {
    ProjectivePoint::<C>::mul_by_generator(scalar).to_affine().to_sec1_point(false).as_bytes().to_vec()
}
