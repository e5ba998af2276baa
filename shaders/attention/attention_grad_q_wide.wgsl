// attention_grad_q_wide: gradient of the queries for software adapters: rows in registers, a key loaded once for 4 rows.
//
//   p_j = exp(scale · q·k_j − lse),  ds_j = p_j · (dO·v_j − delta) · scale,  dq = Σ_J ds_j · k_j
//
// bindings  0 q      read   f32[T, H·P]
//           1 k      read   f32[M, K·P]
//           2 v      read   f32[M, K·P]
//           3 dO     read   f32[T, H·P]
//           4 lse    read   f32[T, H]   from attention
//           5 delta  read   f32[T, H]   from attention_delta
//           6 rows   read   Row[T]
//           7 dq     write  f32[T, H·P]
// declared  in attention_grad_buffers.wgsl, dq here
// writes    overwrite
// dispatch  x = tiles of 4 rows / TILES, y = H; a lane holds 4 rows of one head
// override  TILES: lanes a workgroup, a multiple of 4
// unrolled  HEAD4: P / 4, the vec4s of a head (attention_grad_q_wide.ts)
// fragments no_subgroups, keys_no_subgroups | quad, keys_quad: one lane loads four keys, or a quad shares them · seen_keys
// cost      3 · visible pairs · H · P multiply-adds
// source    arXiv:2307.08691, algorithm 2, split by query row so that nothing needs atomics
// oracle    src/gpu/reference/attentionGrad.ts
@group(0) @binding(7) var<storage, read_write> dq: array<vec4f>;

override TILES: u32 = 8;

fn slope(s: vec4f, dp: vec4f, lseRow: f32, deltaRow: f32, seen: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), exp(s * dims.scale - lseRow) * (dp - deltaRow) * dims.scale, seen);
}

// Matrix columns are the lane's 4 rows, entries are keys.
fn slopes(s: mat4x4f, dp: mat4x4f, rowLse: vec4f, rowDelta: vec4f, seen: Seen) -> mat4x4f {
  return mat4x4f(
    slope(s[0], dp[0], rowLse.x, rowDelta.x, seen.a), slope(s[1], dp[1], rowLse.y, rowDelta.y, seen.b),
    slope(s[2], dp[2], rowLse.z, rowDelta.z, seen.c), slope(s[3], dp[3], rowLse.w, rowDelta.w, seen.d));
}
