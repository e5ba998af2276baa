// lora_outer — products of two activations over a chunk of rows: the raw sums behind dA and dB.
//
//   partial[z, m, n] = Σ_{t in chunk z} a[t, m] b[t, slot(m)·slotWidth + n]
//
// group 0   0 a        read        f32[T, aStride]  dxa for dA, dy for dB
//           1 b        read        f32[T, bStride]  x for dA, xa for dB
//           2 partial  read_write  f32[Z, M, N]
// group 1   0 dims     uniform     Dims             widths in vec4; segments as in the forward matmul (dB only)
// writes    overwrite
// dispatch  (⌈N / 32⌉, ⌈M / 64⌉, Z): one lane 8 × 8 products
// cost      T·M·N multiply-adds
// source    ours; rows are summed in order inside a chunk and chunks in order by lora_sum
// oracle    src/gpu/reference/lora.ts
struct Dims {
  rows: u32,
  chunk: u32,         // rows of one z
  m4: u32,
  n4: u32,
  aStride4: u32,
  bStride4: u32,
  segment1: u32,      // m (vec4) from which b's second slot is used
  segment2: u32,
  slotWidth4: u32,
}

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

fn store(z: u32, m4: u32, n: u32, v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) {
  if (m4 >= dims.m4 || n >= dims.n4) { return; }
  let at = (z * dims.m4 * 4u + m4 * 4u) * dims.n4 + n;
  partial[at] = v0;
  partial[at + dims.n4] = v1;
  partial[at + 2u * dims.n4] = v2;
  partial[at + 3u * dims.n4] = v3;
}

@compute @workgroup_size(4, 8)
fn lora_outer(@builtin(global_invocation_id) id: vec3u) {
  let m = id.y * 2u;
  let n = id.x * 2u;
  if (m >= dims.m4 || n >= dims.n4) { return; }
  // A segment border may lie between the lane's two groups of m: each has its own slot of b.
  let mb = min(m + 1u, dims.m4 - 1u);
  let nb = min(n + 1u, dims.n4 - 1u);
  let slotA = (select(0u, 1u, m >= dims.segment1) + select(0u, 1u, m >= dims.segment2)) * dims.slotWidth4;
  let slotB = (select(0u, 1u, mb >= dims.segment1) + select(0u, 1u, mb >= dims.segment2)) * dims.slotWidth4;
  let stop = min((id.z + 1u) * dims.chunk, dims.rows);
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  var d0 = vec4f(); var d1 = vec4f(); var d2 = vec4f(); var d3 = vec4f();
  var e0 = vec4f(); var e1 = vec4f(); var e2 = vec4f(); var e3 = vec4f();
  var f0 = vec4f(); var f1 = vec4f(); var f2 = vec4f(); var f3 = vec4f();
  for (var t = id.z * dims.chunk; t < stop; t++) {
    let p = a[t * dims.aStride4 + m];
    let q = a[t * dims.aStride4 + mb];
    let row = t * dims.bStride4;
    let u = b[row + slotA + n];
    let v = b[row + slotA + nb];
    c0 += p.x * u; c1 += p.y * u; c2 += p.z * u; c3 += p.w * u;
    d0 += p.x * v; d1 += p.y * v; d2 += p.z * v; d3 += p.w * v;
    let w = b[row + slotB + n];
    let x = b[row + slotB + nb];
    e0 += q.x * w; e1 += q.y * w; e2 += q.z * w; e3 += q.w * w;
    f0 += q.x * x; f1 += q.y * x; f2 += q.z * x; f3 += q.w * x;
  }
  store(id.z, m, n, c0, c1, c2, c3);
  store(id.z, m, n + 1u, d0, d1, d2, d3);
  store(id.z, m + 1u, n, e0, e1, e2, e3);
  store(id.z, m + 1u, n + 1u, f0, f1, f2, f3);
}
