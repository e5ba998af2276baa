// attention_grad_kv_wide: gradients of keys and values for software adapters: 4 keys in registers, a row loaded once for them.
//
//   dv_j = Σ_i p_ij · dO_i,  dk_j = Σ_i ds_ij · q_i,  ds_ij = p_ij · (dO_i·v_j − delta_i) · scale
//   i runs over [j, rows[j].visibleEnd) where j is in [prefixStart_i, prefixEnd_i) ∪ [ownStart_i, ownEnd_i)
//
// bindings  0 q      read   f32[T, H·P]
//           1 k      read   f32[T, K·P]
//           2 v      read   f32[T, K·P]
//           3 dO     read   f32[T, H·P]
//           4 lse    read   f32[T, H]   from attention
//           5 delta  read   f32[T, H]   from attention_delta
//           6 rows   read   Row[T]
//           7 dkv    write  f32[T, 2K·P]   k heads, then v heads (one tensor: 8 bindings are the limit)
// declared  in attention_grad_buffers.wgsl, dkv here
// writes    overwrite; blocks of 4 rows are added in rising order, each head by head: the same bits every time
// dispatch  x = tiles of 4 key rows / TILES, y = K; a lane holds 4 keys
// override  TILES: lanes a workgroup, a multiple of 4
// unrolled  HEAD4: P / 4, the vec4s of a head (attention_grad_kv_wide.ts)
// fragments no_subgroups, rows_no_subgroups | quad, rows_quad: one lane loads four rows, or a quad shares them
// cost      4 · visible pairs · H · P multiply-adds
// source    arXiv:2307.08691, algorithm 2, split by key row so that nothing needs atomics
// oracle    src/gpu/reference/attentionGrad.ts
@group(0) @binding(7) var<storage, read_write> dkv: array<vec4f>;

override TILES: u32 = 8;
const FOUR = vec4u(0u, 1u, 2u, 3u);

// Which keys a row sees: own start and end, prefix start and end; of four rows.
struct Ranges { a: vec4u, b: vec4u, c: vec4u, d: vec4u }
fn range_of(row: u32) -> vec4u {
  return vec4u(rows[row].ownStart, rows[row].ownEnd, rows[row].prefixStart, rows[row].prefixEnd);
}

// Which of the 4 keys are in a row's ranges, if the row counts.
fn sees(range: vec4u, key: vec4u, counts: bool) -> vec4<bool> {
  let own = (key >= range.xxxx) & (key < range.yyyy);
  return (own | ((key >= range.zzzz) & (key < range.wwww))) & vec4<bool>(counts);
}

fn weight(s: vec4f, rowLse: vec4f, seen: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), exp(s * dims.scale - rowLse), seen);
}
