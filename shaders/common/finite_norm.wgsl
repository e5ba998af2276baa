// The norm of f32 values that are read as bits: right also where their squares would overflow or underflow, and reported as
// not finite if a value is NaN or infinite. WGSL compilers may assume that such values never occur, so a comparison cannot
// find them (https://github.com/gpuweb/gpuweb/issues/2270); the exponent field of the bits is tested instead.

const NOT_FINITE: u32 = 0x7f800000u; // bits of +infinity

/// Largest exponent field (0 … 255) of four values; 255 means one of them is infinite or NaN.
fn top_exponent(bits: vec4u) -> u32 {
  let e = (bits >> vec4u(23u)) & vec4u(255u);
  return max(max(e.x, e.y), max(e.z, e.w));
}

/// The power of two that brings values with this largest exponent field below 4.
fn down_scale(exponent: u32) -> f32 { return bitcast<f32>((254u - min(exponent, 253u)) << 23u); }

/// Bits of the norm of values whose scaled squares sum to `squares`; NOT_FINITE if a value was, or it overflows.
fn finite_norm(exponent: u32, squares: f32) -> u32 {
  var bits = 0u; // nothing but zeros (and subnormals, which GPUs may flush)
  if (exponent == 255u) {
    bits = NOT_FINITE;
  } else if (exponent > 0u) {
    let e = min(exponent, 253u);
    let root = sqrt(squares);
    // The norm is root·2^(e − 127): at least 2^128 exactly when root is at least 2^(255 − e).
    if (e > 128u && root >= bitcast<f32>((382u - e) << 23u)) {
      bits = NOT_FINITE;
    } else {
      bits = bitcast<u32>(root * bitcast<f32>(e << 23u));
    }
  }
  return bits;
}
