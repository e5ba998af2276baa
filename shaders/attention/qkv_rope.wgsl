// qkv_rope: splits the joined projection into q, k and v; norms and rotates q and k.
//
//   z = x · w / √(mean(x²) + eps)   per head, over the D real entries (only with qkNorm; else z = x)
//   y[i] = z[i]·cos − z[i + D/2]·sin,  y[i + D/2] = z[i + D/2]·cos + z[i]·sin,  angle = position · freq[i]
//
// bindings  0 qkv    read   f32[T, (H + 2K)·P]  q heads, k heads, v heads; biases added; padding 0
//           1 rows   read   Row[T]
//           2 qNorm  read   f32[P]              any tensor when qkNorm is 0
//           3 kNorm  read   f32[P]
//           4 table  read   f32[positions, 2·ceil(D/8)·4]  cosines, then sines, each padded to whole vec4
//           5 q      write  f32[T, H·P]
//           6 k      write  f32[M, K·P]         row rows[t].kv
//           7 v      write  f32[M, K·P]         row rows[t].kv
// writes    overwrite (of k and v only the rows named by rows[t].kv)
// dispatch  a thread a (row, head of q, k or v); workgroups fold over x, y
// override  HEAD_DIM: D; P = D rounded up to 4
// cost      about 6·T·(H + 2K)·D multiply-adds, bound by memory
// source    arXiv:2104.09864 in the split-half form of the Hugging Face files; q/k norm as in Qwen3
// oracle    src/gpu/reference/qkvRope.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, qkNorm: u32, eps: f32 }
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> rows: array<Row>;
@group(0) @binding(2) var<storage, read> qNorm: array<vec4f>;
@group(0) @binding(3) var<storage, read> kNorm: array<vec4f>;
@group(0) @binding(4) var<storage, read> table: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> k: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> v: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

override HEAD_DIM: u32 = 32;
override HEAD4: u32 = (HEAD_DIM + 3u) / 4u;
override HALF: u32 = HEAD_DIM / 2u;
override HALF4: u32 = (HALF + 3u) / 4u;

// The head a thread works on.
struct Head {
  at: u32,        // its first vec4 in qkv
  table: u32,     // its position's first vec4 in the table
  isQuery: bool,
  factor: f32,    // 1 / √(mean(x²) + eps), or 1
}

fn normed(head: Head, column: u32) -> vec4f {
  let x = qkv[head.at + column];
  if (dims.qkNorm == 0u) { return x; }
  if (head.isQuery) { return x * head.factor * qNorm[column]; }
  return x * head.factor * kNorm[column];
}

fn rotated(head: Head, column: u32) -> vec4f {
  if (HEAD_DIM % 8u == 0u) {
    let low = column < HALF4;
    let pair = select(column - HALF4, column, low);
    let partner = select(pair, column + HALF4, low);
    let sine = table[head.table + HALF4 + pair] * select(1.0, -1.0, low);
    return normed(head, column) * table[head.table + pair] + normed(head, partner) * sine;
  }
  // Half a head is not whole vec4s: entry by entry (small test models only).
  var y = vec4f(0.0);
  for (var e = 0u; e < 4u; e++) {
    let i = 4u * column + e;
    if (i < HEAD_DIM) {
      let low = i < HALF;
      let pair = select(i - HALF, i, low);
      let partner = select(pair, i + HALF, low);
      let cosine = table[head.table + pair / 4u][pair % 4u];
      let sine = table[head.table + HALF4 + pair / 4u][pair % 4u] * select(1.0, -1.0, low);
      y[e] = normed(head, column)[e] * cosine + normed(head, partner / 4u)[partner % 4u] * sine;
    }
  }
  return y;
}

@compute @workgroup_size(64)
fn qkv_rope(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let heads = dims.heads + 2u * dims.kvHeads;
  let index = (group.x + group.y * groups.x) * 64u + local;
  if (index < dims.rows * heads) {
    let row = index / heads;
    let unit = index % heads;
    var head: Head;
    head.at = index * HEAD4;
    head.table = rows[row].position * 2u * HALF4;
    head.isQuery = unit < dims.heads;
    let kvRow = rows[row].kv * dims.kvHeads;
    if (unit >= dims.heads + dims.kvHeads) {
      let out = (kvRow + unit - dims.heads - dims.kvHeads) * HEAD4;
      for (var c = 0u; c < HEAD4; c++) { v[out + c] = qkv[head.at + c]; }
    } else {
      if (dims.qkNorm != 0u) {
        var squares = 0.0;
        for (var c = 0u; c < HEAD4; c++) { squares += dot(qkv[head.at + c], qkv[head.at + c]); }
        head.factor = inverseSqrt(squares / f32(HEAD_DIM) + dims.eps);
      }
      if (head.isQuery) {
        let out = (row * dims.heads + unit) * HEAD4;
        for (var c = 0u; c < HEAD4; c++) { q[out + c] = rotated(head, c); }
      } else {
        let out = (kvRow + unit - dims.heads) * HEAD4;
        for (var c = 0u; c < HEAD4; c++) { k[out + c] = rotated(head, c); }
      }
    }
  }
}
