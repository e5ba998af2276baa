// lora_grad_xa — gradient of x Aᵀ for up to three adapters joined over one input.
//
//   dxa[t, s·R + r] = scale · Σ_{o in segment s} dy[t, o] B[o, r]
//
// group 0   0 dy     read        f32[T, Y]     gradient of the linear's outputs
//           1 loraB  read        f32[N, R]     the joined lora_B
//           2 dxa    read_write  f32[T, S·R]
// group 1   0 dims   uniform     Dims          widths in vec4
// writes    overwrite
// dispatch  (S · ⌈R / 8⌉, ⌈T / 64⌉): one lane 8 rows × 8 columns of one adapter
// unrolled  ROWS: 8 (lines marked so; src/gpu/unroll.ts)
// cost      T·N·R multiply-adds
// source    ours
// oracle    src/gpu/reference/lora.ts
struct Dims {
  rows: u32,
  rank4: u32,
  sr4: u32,           // S·R / 4
  segment1: u32,      // first output column (vec4) of the second adapter
  segment2: u32,      // … of the third
  n4: u32,
  yStride4: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> loraB: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dxa: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

@compute @workgroup_size(1, 8)
fn lora_grad_xa(@builtin(global_invocation_id) id: vec3u) {
  // Lanes lie along the rows, so that none idles however narrow the adapter is.
  let row = id.y * 8u;
  if (row >= dims.rows) { return; }
  let pairs = (dims.rank4 + 1u) / 2u;
  let slot = id.x / pairs;
  let r0 = 2u * (id.x % pairs);
  let r1 = min(r0 + 1u, dims.rank4 - 1u);
  let start = select(0u, select(dims.segment1, dims.segment2, slot == 2u), slot > 0u);
  let stop = select(dims.n4, select(dims.segment1, dims.segment2, slot == 1u), slot < 2u);
  let last = dims.rows - 1u;
  let y# = min(row + #u, last) * dims.yStride4; // × ROWS
  var c# = vec4f(); // × ROWS
  var d# = vec4f(); // × ROWS
  for (var o = start; o < stop; o++) {
    let at = 4u * o * dims.rank4;
    let b0 = at + r0;
    let b1 = at + r1;
    let p = mat4x4f(loraB[b0], loraB[b0 + dims.rank4], loraB[b0 + 2u * dims.rank4], loraB[b0 + 3u * dims.rank4]);
    let q = mat4x4f(loraB[b1], loraB[b1 + dims.rank4], loraB[b1 + 2u * dims.rank4], loraB[b1 + 3u * dims.rank4]);
    { let s = dy[y# + o]; c# += p * s; d# += q * s; } // × ROWS
  }
  // Rows past the end, and columns past the rank, hold what the last one holds and store it once more.
  let column0 = slot * dims.rank4 + r0;
  let column1 = slot * dims.rank4 + r1;
  let to# = min(row + #u, last) * dims.sr4; // × ROWS
  dxa[to# + column0] = dims.scale * c#; // × ROWS
  dxa[to# + column1] = dims.scale * d#; // × ROWS
}
