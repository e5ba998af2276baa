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
// declared  in qkv_rope_buffers.wgsl, q, k, v here
// writes    overwrite (of k and v only the rows named by rows[t].kv)
// dispatch  a thread a (row, head of q, k or v); workgroups fold over x, y
// dims      headDim: D; P = D rounded up to 4. No overrides: unrolled, this compiles for seconds and gains nothing
// cost      about 6·T·(H + 2K)·D multiply-adds, bound by memory
// fragment  qkv_rope_turn
// source    arXiv:2104.09864 in the split-half form of the Hugging Face files; q/k norm as in Qwen3
// oracle    src/gpu/reference/qkvRope.ts
@group(0) @binding(5) var<storage, read_write> q: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> k: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> v: array<vec4f>;

// A column of the head, normed.
fn taken(head: Head, column: u32) -> vec4f {
  let x = qkv[head.at + column];
  if (dims.qkNorm == 0u) { return x; }
  if (head.isQuery) { return x * head.factor * qNorm[column]; }
  return x * head.factor * kNorm[column];
}

@compute @workgroup_size(64) fn qkv_rope_any(thread: Thread) {
  let heads = dims.heads + 2u * dims.kvHeads;
  let head4 = (dims.headDim + 3u) / 4u;
  let index = group_of(thread) * 64u + thread.lane;
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
        let y = turned(head, c, 1.0);
        if (head.isQuery) { q[out + c] = y; } else { k[out + c] = y; }
      }
    }
  }
}
