// qkv_rope_grad_any: back through rotary and the per-head norm, into the joined projection. Any even D.
//
//   dz[i] = dy[i]·cos + dy[i + D/2]·sin,  dz[i + D/2] = dy[i + D/2]·cos − dy[i]·sin     (rotation by −angle)
//   g = w·dz,  r = 1/√(mean(x²) + eps),  dx = r·(g − x·r²·mean(x·g))   (only with qkNorm; else dx = dz)
//
// bindings  0 qkv    read   f32[T, (H + 2K)·P]   as given to qkv_rope; r is computed again from it
//           1 rows   read   Row[T]
//           2 qNorm  read   f32[P]               any tensor when qkNorm is 0
//           3 kNorm  read   f32[P]
//           4 table  read   f32[positions, 2·ceil(D/8)·4]
//           5 dq     read   f32[T, H·P]
//           6 dkv    read   f32[T, 2K·P]         k heads, then v heads
//           7 dqkv   write  f32[T, (H + 2K)·P]
// declared  in qkv_rope_buffers.wgsl, dq, dkv, dqkv here
// writes    overwrite
// dispatch  a thread a (row, head of q, k or v); workgroups fold over x, y
// dims      headDim: D; P = D rounded up to 4. No overrides: unrolled, this compiles for seconds and gains nothing
// cost      about 10·T·(H + 2K)·D multiply-adds, bound by memory
// fragment  qkv_rope_turn
// source    ours (the derivative of qkv_rope); training only: key row = token row
// oracle    src/gpu/reference/qkvRope.ts
@group(0) @binding(5) var<storage, read> dq: array<vec4f>;
@group(0) @binding(6) var<storage, read> dkv: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<vec4f>;

// A column of what comes in for the head.
fn taken(head: Head, column: u32) -> vec4f {
  if (head.isQuery) { return dq[head.at + column]; }
  return dkv[head.at + column];
}

// w·dz of one column.
fn unrotated(head: Head, column: u32) -> vec4f {
  let dz = turned(head, column, -1.0);
  if (dims.qkNorm == 0u) { return dz; }
  if (head.isQuery) { return dz * qNorm[column]; }
  return dz * kNorm[column];
}

@compute @workgroup_size(64) fn qkv_rope_grad_any(thread: Thread) {
  let heads = dims.heads + 2u * dims.kvHeads;
  let head4 = (dims.headDim + 3u) / 4u;
  let index = group_of(thread) * 64u + thread.lane;
  if (index < dims.rows * heads) {
    let row = index / heads;
    let unit = index % heads;
    let out = index * head4;
    var head: Head;
    head.isQuery = unit < dims.heads;
    head.at = select(row * 2u * dims.kvHeads + unit - dims.heads, row * dims.heads + unit, head.isQuery) * head4;
    head.table = rows[row].position * 2u * ((dims.headDim / 2u + 3u) / 4u);
    if (unit >= dims.heads + dims.kvHeads) {
      for (var c = 0u; c < head4; c++) { dqkv[out + c] = dkv[head.at + c]; }
    } else if (dims.qkNorm == 0u) {
      for (var c = 0u; c < head4; c++) { dqkv[out + c] = unrotated(head, c); }
    } else {
      var squares = 0.0;
      var along = 0.0;
      for (var c = 0u; c < head4; c++) {
        let x = qkv[out + c];
        squares += dot(x, x);
        along += dot(x, unrotated(head, c));
      }
      let r = inverseSqrt(squares / f32(dims.headDim) + dims.eps);
      let back = r * r * along / f32(dims.headDim);
      for (var c = 0u; c < head4; c++) { dqkv[out + c] = r * (unrotated(head, c) - qkv[out + c] * back); }
    }
  }
}
