// attention_wide: attention for software adapters: queries and outputs in registers, a key loaded once for 4 rows.
//
//   row t sees keys J = [prefixStart, prefixEnd) ∪ [ownStart, ownEnd);  s_j = scale · q·k_j
//   lse = log Σ_J exp(s_j),  o = Σ_J exp(s_j − lse) · v_j.   A row that sees nothing: o = 0, lse = −1e30.
//
// bindings  0 q     read   f32[T, H·P]
//           1 k     read   f32[M, K·P]
//           2 v     read   f32[M, K·P]
//           3 rows  read   Row[T]
//           4 o     write  f32[T, H·P]
//           5 lse   write  f32[T, H]   nats, of the scaled scores
// declared  in attention_buffers.wgsl
// writes    overwrite
// dispatch  x = tiles of 4 rows / TILES, y = H; a lane holds 4 rows of one head
// override  TILES: lanes a workgroup, a multiple of 4
// unrolled  HEAD4: P / 4, the vec4s of a head (attention_wide.ts)
// fragments no_subgroups, keys_no_subgroups | quad, keys_quad: one lane loads four keys, or a quad shares them · seen_keys
// cost      2 · visible pairs · H · P multiply-adds
// source    online softmax, arXiv:1805.02867; the 4 × 4 blocks are ours
// oracle    src/gpu/reference/attention.ts
override TILES: u32 = 8;
const NOTHING = -1e30;

// Matrix columns are the lane's 4 rows.
fn scaled(m: mat4x4f, f: vec4f) -> mat4x4f { return mat4x4f(m[0] * f.x, m[1] * f.y, m[2] * f.z, m[3] * f.w); }
fn peak(s: vec4f) -> f32 { return max(max(s.x, s.y), max(s.z, s.w)); }

fn masked(s: mat4x4f, seen: Seen) -> mat4x4f {
  return mat4x4f(
    select(vec4f(NOTHING), s[0] * dims.scale, seen.a), select(vec4f(NOTHING), s[1] * dims.scale, seen.b),
    select(vec4f(NOTHING), s[2] * dims.scale, seen.c), select(vec4f(NOTHING), s[3] * dims.scale, seen.d));
}

fn top_of(s: mat4x4f) -> vec4f { return vec4f(peak(s[0]), peak(s[1]), peak(s[2]), peak(s[3])); }

// Without the select a row that has seen nothing yet would weigh masked keys by exp(0).
fn weights(s: mat4x4f, top: vec4f, seen: Seen) -> mat4x4f {
  return mat4x4f(
    select(vec4f(0.0), exp(s[0] - top.x), seen.a), select(vec4f(0.0), exp(s[1] - top.y), seen.b),
    select(vec4f(0.0), exp(s[2] - top.z), seen.c), select(vec4f(0.0), exp(s[3] - top.w), seen.d));
}
