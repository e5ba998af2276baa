// Finds, without sorting, the exact thresholds of top-k and nucleus (top-p) sampling in one row of logits. Included
// after lane_exchange; the kernel binds `logits: array<vec4f>` and sets the three variables.
var<private> firstVec4: u32; // of the row in logits
var<private> vocab: u32;
var<private> peak: f32;      // largest logit of the row
const LOWEST = 0x0eb60d35u;  // rank of −1e30, which is what padding reads as

fn columns4(c: u32) -> vec4u { return vec4u(4u * c) + vec4u(0u, 1u, 2u, 3u); }
fn row4(c: u32) -> vec4f { return select(vec4f(-1e30), logits[firstVec4 + c], columns4(c) < vec4u(vocab)); }

// Floats as integers in the same order, so that an interval of them can be halved; and back.
fn rank(x: f32) -> u32 {
  let b = bitcast<u32>(x);
  return select(b | 0x80000000u, ~b, (b >> 31u) == 1u);
}
fn value(r: u32) -> f32 { return bitcast<f32>(select(~r, r ^ 0x80000000u, (r >> 31u) == 1u)); }

// Rank of the lowest t ≥ value(low) for which (all that lies strictly above t) < limit; a logit counts 1, or, when
// weighed, exp((x − peak) · sharpness). Each round asks at three points and keeps a quarter: 16 rounds settle 32 bits.
fn cut(low: u32, weighed: bool, sharpness: f32, limit: f32) -> u32 {
  var lo = low;
  var hi = rank(peak);
  for (var round = 0u; round < 16u; round++) {
    let middle = lo + ((hi - lo) >> 1u);
    let at = vec3u(lo + ((hi - lo) >> 2u), middle, middle + ((hi - middle) >> 1u));
    let t = vec3f(value(at.x), value(at.y), value(at.z));
    var above = vec4f(0.0);
    for (var c = lane; 4u * c < vocab; c += LANES) {
      let x = row4(c);
      if (any(x > vec4f(t.x))) { // once the interval is small, most of a row lies below all three
        var w = vec4f(1.0);
        if (weighed) {
          w = exp((x - peak) * sharpness);
        }
        above.x += dot(w, vec4f(x > vec4f(t.x)));
        above.y += dot(w, vec4f(x > vec4f(t.y)));
        above.z += dot(w, vec4f(x > vec4f(t.z)));
      }
    }
    let fits = total(above).xyz < vec3f(limit);
    if (fits.x) {
      hi = at.x;
    } else if (fits.y) {
      lo = at.x + 1u;
      hi = at.y;
    } else if (fits.z) {
      lo = at.y + 1u;
      hi = at.z;
    } else {
      lo = min(at.z + 1u, hi); // nothing lies above the peak, so hi itself always fits, unless limit is 0
    }
  }
  return hi;
}

// Entropy in bits of the 20 largest logits: those above their edge, and as many at it as make 20 (or all there are).
fn top20_entropy(edge: f32) -> f32 {
  var sums = vec4f(0.0);
  for (var c = lane; 4u * c < vocab; c += LANES) {
    let x = row4(c);
    let above = vec4f(x > vec4f(edge));
    sums += vec4f(dot(above, vec4f(1.0)), dot(above, exp(x - peak)), 0.0, 0.0);
  }
  sums = total(sums);
  let atEdge = max(0.0, min(20.0, f32(vocab)) - sums.x);
  let mass = sums.y + atEdge * exp(edge - peak);
  var bits = 0.0;
  for (var c = lane; 4u * c < vocab; c += LANES) {
    let x = row4(c);
    let p = exp(x - peak) / mass;
    bits -= dot(select(vec4f(0.0), p, x > vec4f(edge)), log2(p + 1e-12));
  }
  let p = exp(edge - peak) / mass;
  return total(vec4f(bits)).x - atEdge * p * log2(p + 1e-12);
}
