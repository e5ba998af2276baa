// lora_grad_xa — gradient of x Aᵀ for up to three adapters joined over one input.
//
//   dxa[t, s·R + r] = scale · Σ_{o in segment s} dy[t, o] B[o, r]
//
// group 0   0 dy     read        f32[T, Y]     gradient of the linear's outputs
//           1 loraB  read        f32[N, R]     the joined lora_B
//           2 dxa    read_write  f32[T, S·R]
// group 1   0 dims   uniform     Dims          widths in vec4
// writes    overwrite
// dispatch  (⌈S·R/4 / 4⌉, ⌈T / 128⌉): one lane 8 rows × 4 columns
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

fn store(row: u32, column: u32, value: vec4f) {
  if (row < dims.rows) { dxa[row * dims.sr4 + column] = dims.scale * value; }
}

@compute @workgroup_size(4, 16)
fn lora_grad_xa(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 8u;
  let column = id.x;
  if (row >= dims.rows || column >= dims.sr4) { return; }
  let slot = column / dims.rank4;
  let r = column % dims.rank4;
  let start = select(0u, select(dims.segment1, dims.segment2, slot == 2u), slot > 0u);
  let stop = select(dims.n4, select(dims.segment1, dims.segment2, slot == 1u), slot < 2u);
  let last = dims.rows - 1u;
  let r0 = min(row, last) * dims.yStride4; let r1 = min(row + 1u, last) * dims.yStride4;
  let r2 = min(row + 2u, last) * dims.yStride4; let r3 = min(row + 3u, last) * dims.yStride4;
  let r4 = min(row + 4u, last) * dims.yStride4; let r5 = min(row + 5u, last) * dims.yStride4;
  let r6 = min(row + 6u, last) * dims.yStride4; let r7 = min(row + 7u, last) * dims.yStride4;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  for (var o = start; o < stop; o++) {
    let at = 4u * o * dims.rank4 + r;
    let b = mat4x4f(loraB[at], loraB[at + dims.rank4], loraB[at + 2u * dims.rank4], loraB[at + 3u * dims.rank4]);
    c0 += b * dy[r0 + o]; c1 += b * dy[r1 + o]; c2 += b * dy[r2 + o]; c3 += b * dy[r3 + o];
    c4 += b * dy[r4 + o]; c5 += b * dy[r5 + o]; c6 += b * dy[r6 + o]; c7 += b * dy[r7 + o];
  }
  store(row, column, c0); store(row + 1u, column, c1); store(row + 2u, column, c2); store(row + 3u, column, c3);
  store(row + 4u, column, c4); store(row + 5u, column, c5); store(row + 6u, column, c6); store(row + 7u, column, c7);
}
