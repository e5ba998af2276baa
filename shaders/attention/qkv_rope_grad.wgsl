// qkv_rope_grad: back through rotary and the per-head norm, into the joined projection. D a multiple of 8, up to 64.
//
//   dz[i] = dy[i]·cos + dy[i + D/2]·sin,  dz[i + D/2] = dy[i + D/2]·cos − dy[i]·sin     (rotation by −angle)
//   g = w·dz,  r = 1/√(mean(x²) + eps),  dx = r·(g − x·r²·mean(x·g))   (only with qkNorm; else dx = dz)
//
// bindings  0 dq     read   f32[T, H·D]
//           1 dkv    read   f32[T, 2K·D]         k heads, then v heads
//           2 qkv    read   f32[T, (H + 2K)·D]   as given to qkv_rope; r is computed again from it
//           3 rows   read   Row[T]
//           4 qNorm  read   f32[D]               any tensor when qkNorm is 0
//           5 kNorm  read   f32[D]
//           6 table  read   f32[positions, D]
//           7 dqkv   write  f32[T, (H + 2K)·D]
// writes    overwrite
// dispatch  `parts` threads a row, each takes every parts-th head of q and of k and v; workgroups fold over x, y
// unrolled  PAIRS: D / 8, the vec4s of half a head (qkv_rope_grad.ts)
// cost      about 10·T·(H + 2K)·D multiply-adds, bound by memory: angles and weights are loaded once a thread
// source    ours (the derivative of qkv_rope); training only: key row = token row
// oracle    src/gpu/reference/qkvRope.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, qkNorm: u32, eps: f32, parts: u32 }
@group(0) @binding(0) var<storage, read> dq: array<vec4f>;
@group(0) @binding(1) var<storage, read> dkv: array<vec4f>;
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(3) var<storage, read> rows: array<Row>;
@group(0) @binding(4) var<storage, read> qNorm: array<vec4f>;
@group(0) @binding(5) var<storage, read> kNorm: array<vec4f>;
@group(0) @binding(6) var<storage, read> table: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

override WG: u32 = 16;
