// qkv_rope: splits the joined projection into q, k and v; norms and rotates q and k. D a multiple of 8, up to 64.
//
//   z = x · w / √(mean(x²) + eps)   per head (only with qkNorm; else z = x)
//   y[i] = z[i]·cos − z[i + D/2]·sin,  y[i + D/2] = z[i + D/2]·cos + z[i]·sin,  angle = position · freq[i]
//
// bindings  0 qkv    read   f32[T, (H + 2K)·D]  q heads, k heads, v heads; biases added
//           1 rows   read   Row[T]
//           2 qNorm  read   f32[D]              any tensor when qkNorm is 0
//           3 kNorm  read   f32[D]
//           4 table  read   f32[positions, D]   cosines, then sines
//           5 q      write  f32[T, H·D]
//           6 k      write  f32[M, K·D]         row rows[t].kv
//           7 v      write  f32[M, K·D]         row rows[t].kv
// declared  in qkv_rope_buffers.wgsl, q, k, v here
// writes    overwrite (of k and v only the rows named by rows[t].kv)
// dispatch  `parts` threads a row, each takes every parts-th head of q and of k and v; workgroups fold over x, y
// unrolled  PAIRS: D / 8, the vec4s of half a head (qkv_rope.ts)
// cost      about 6·T·(H + 2K)·D multiply-adds, bound by memory: angles and weights are loaded once a thread
// source    arXiv:2104.09864 in the split-half form of the Hugging Face files; q/k norm as in Qwen3
// oracle    src/gpu/reference/qkvRope.ts
@group(0) @binding(5) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> k: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> v: array<vec4f>;

override WG: u32 = 16;
