// sum_terms: adds many numbers to one, always in the same order.
// total = [total +] Σ terms
//
// slot name  access     type    unit / range
//   0  terms read       f32[M]
//   1  total read_write f32[1]
// writes   overwrite, or accumulate when dims.accumulate
// dispatch (1, 1, 1): one workgroup
// override WG = threads, a power of two
// cost     M
// oracle   src/gpu/reference/sumTerms.ts
override WG: u32 = 32u;

struct Dims {
  count: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<storage, read> terms: array<f32>;
@group(0) @binding(1) var<storage, read_write> total: array<f32>;
var<workgroup> parts: array<f32, WG>;

@compute @workgroup_size(WG)
fn sum_terms(@builtin(local_invocation_index) lane: u32) {
  var own = 0.0;
  for (var i = lane; i < dims.count; i += WG) {
    own += terms[i];
  }
  parts[lane] = own;
  workgroupBarrier();
  for (var stride = WG / 2u; stride > 0u; stride /= 2u) {
    if (lane < stride) {
      parts[lane] += parts[lane + stride];
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    if (dims.accumulate == 1u) {
      total[0] += parts[0];
    } else {
      total[0] = parts[0];
    }
  }
}
