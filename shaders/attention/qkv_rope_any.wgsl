// qkv_rope_any: splits the joined projection into q, k and v; norms and rotates q and k. Any even D.
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
// dims      headDim: D; P = D rounded up to 4. No overrides: unrolled, this compiles for seconds and gains nothing
// cost      about 6·T·(H + 2K)·D multiply-adds, bound by memory
// source    arXiv:2104.09864 in the split-half form of the Hugging Face files; q/k norm as in Qwen3
// oracle    src/gpu/reference/qkvRope.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, headDim: u32, qkNorm: u32, eps: f32 }
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> rows: array<Row>;
@group(0) @binding(2) var<storage, read> qNorm: array<vec4f>;
@group(0) @binding(3) var<storage, read> kNorm: array<vec4f>;
@group(0) @binding(4) var<storage, read> table: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> k: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> v: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

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
  let half = dims.headDim / 2u;
  let half4 = (half + 3u) / 4u;
  if (dims.headDim % 8u == 0u) {
    let low = column < half4;
    let pair = select(column - half4, column, low);
    let partner = select(pair, column + half4, low);
    let sine = table[head.table + half4 + pair] * select(1.0, -1.0, low);
    return normed(head, column) * table[head.table + pair] + normed(head, partner) * sine;
  }
  // Half a head is not whole vec4s: entry by entry (small test models only).
  var y = vec4f(0.0);
  for (var e = 0u; e < 4u; e++) {
    let i = 4u * column + e;
    if (i < dims.headDim) {
      let low = i < half;
      let pair = select(i - half, i, low);
      let partner = select(pair, i + half, low);
      let cosine = table[head.table + pair / 4u][pair % 4u];
      let sine = table[head.table + half4 + pair / 4u][pair % 4u] * select(1.0, -1.0, low);
      y[e] = normed(head, column)[e] * cosine + normed(head, partner / 4u)[partner % 4u] * sine;
    }
  }
  return y;
}

@compute @workgroup_size(64)
fn qkv_rope_any(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let heads = dims.heads + 2u * dims.kvHeads;
  let head4 = (dims.headDim + 3u) / 4u;
  let index = (group.x + group.y * groups.x) * 64u + local;
  if (index < dims.rows * heads) {
    let row = index / heads;
    let unit = index % heads;
    var head: Head;
    head.at = index * head4;
    head.table = rows[row].position * 2u * ((dims.headDim / 2u + 3u) / 4u);
    head.isQuery = unit < dims.heads;
    let kvRow = rows[row].kv * dims.kvHeads;
    if (unit >= dims.heads + dims.kvHeads) {
      let out = (kvRow + unit - dims.heads - dims.kvHeads) * head4;
      for (var c = 0u; c < head4; c++) { v[out + c] = qkv[head.at + c]; }
    } else {
      if (dims.qkNorm != 0u) {
        var squares = 0.0;
        for (var c = 0u; c < head4; c++) { squares += dot(qkv[head.at + c], qkv[head.at + c]); }
        head.factor = inverseSqrt(squares / f32(dims.headDim) + dims.eps);
      }
      let out = select(kvRow + unit - dims.heads, row * dims.heads + unit, head.isQuery) * head4;
      for (var c = 0u; c < head4; c++) {
        let y = rotated(head, c);
        if (head.isQuery) { q[out + c] = y; } else { k[out + c] = y; }
      }
    }
  }
}
