// qkv_rope_grad: back through rotary and the per-head norm, into the joined projection. D a multiple of 8, up to 64.
//
//   dz[i] = dy[i]·cos + dy[i + D/2]·sin,  dz[i + D/2] = dy[i + D/2]·cos − dy[i]·sin     (rotation by −angle)
//   g = w·dz,  r = 1/√(mean(x²) + eps),  dx = r·(g − x·r²·mean(x·g))   (only with qkNorm; else dx = dz)
//
// bindings  0 qkv    read   f32[T, (H + 2K)·D]   as given to qkv_rope; r is computed again from it
//           1 rows   read   Row[T]
//           2 qNorm  read   f32[D]               any tensor when qkNorm is 0
//           3 kNorm  read   f32[D]
//           4 table  read   f32[positions, D]
//           5 dq     read   f32[T, H·D]
//           6 dkv    read   f32[T, 2K·D]         k heads, then v heads
//           7 dqkv   write  f32[T, (H + 2K)·D]
// declared  in qkv_rope_buffers.wgsl, dq, dkv, dqkv here
// writes    overwrite
// dispatch  `parts` threads a row, each takes every parts-th head of q and of k and v; workgroups fold over x, y
// unrolled  PAIRS: D / 8, the vec4s of half a head (qkv_rope_grad.ts)
// cost      about 10·T·(H + 2K)·D multiply-adds, bound by memory: angles and weights are loaded once a thread
// source    ours (the derivative of qkv_rope); training only: key row = token row
// oracle    src/gpu/reference/qkvRope.ts
@group(0) @binding(5) var<storage, read> dq: array<vec4f>;
@group(0) @binding(6) var<storage, read> dkv: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<vec4f>;

override WG: u32 = 16;
