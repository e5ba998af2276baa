// qkv_rope_grad_any: back through rotary and the per-head norm, into the joined projection. Any even D.
//
//   dz[i] = dy[i]·cos + dy[i + D/2]·sin,  dz[i + D/2] = dy[i + D/2]·cos − dy[i]·sin     (rotation by −angle)
//   g = w·dz,  r = 1/√(mean(x²) + eps),  dx = r·(g − x·r²·mean(x·g))   (only with qkNorm; else dx = dz)
//
// bindings  0 dq     read   f32[T, H·P]
//           1 dkv    read   f32[T, 2K·P]         k heads, then v heads
//           2 qkv    read   f32[T, (H + 2K)·P]   as given to qkv_rope; r is computed again from it
//           3 rows   read   Row[T]
//           4 qNorm  read   f32[P]               any tensor when qkNorm is 0
//           5 kNorm  read   f32[P]
//           6 table  read   f32[positions, 2·ceil(D/8)·4]
//           7 dqkv   write  f32[T, (H + 2K)·P]
// writes    overwrite
// dispatch  a thread a (row, head of q, k or v); workgroups fold over x, y
// dims      headDim: D; P = D rounded up to 4. No overrides: unrolled, this compiles for seconds and gains nothing
// cost      about 10·T·(H + 2K)·D multiply-adds, bound by memory
// source    ours (the derivative of qkv_rope); training only: key row = token row
// oracle    src/gpu/reference/qkvRope.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, headDim: u32, qkNorm: u32, eps: f32 }
@group(0) @binding(0) var<storage, read> dq: array<vec4f>;
@group(0) @binding(1) var<storage, read> dkv: array<vec4f>;
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(3) var<storage, read> rows: array<Row>;
@group(0) @binding(4) var<storage, read> qNorm: array<vec4f>;
@group(0) @binding(5) var<storage, read> kNorm: array<vec4f>;
@group(0) @binding(6) var<storage, read> table: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

struct Head {
  at: u32,        // its first vec4 in dq or dkv
  table: u32,     // its position's first vec4 in the table
  isQuery: bool,
}

fn incoming(head: Head, column: u32) -> vec4f {
  if (head.isQuery) { return dq[head.at + column]; }
  return dkv[head.at + column];
}

// w·dz of one column.
fn unrotated(head: Head, column: u32) -> vec4f {
  let half = dims.headDim / 2u;
  let half4 = (half + 3u) / 4u;
  var dz = vec4f(0.0);
  if (dims.headDim % 8u == 0u) {
    let low = column < half4;
    let pair = select(column - half4, column, low);
    let partner = select(pair, column + half4, low);
    let sine = table[head.table + half4 + pair] * select(-1.0, 1.0, low);
    dz = incoming(head, column) * table[head.table + pair] + incoming(head, partner) * sine;
  } else {
    for (var e = 0u; e < 4u; e++) {
      let i = 4u * column + e;
      if (i < dims.headDim) {
        let low = i < half;
        let pair = select(i - half, i, low);
        let partner = select(pair, i + half, low);
        let cosine = table[head.table + pair / 4u][pair % 4u];
        let sine = table[head.table + half4 + pair / 4u][pair % 4u] * select(-1.0, 1.0, low);
        dz[e] = incoming(head, column)[e] * cosine + incoming(head, partner / 4u)[partner % 4u] * sine;
      }
    }
  }
  if (dims.qkNorm == 0u) { return dz; }
  if (head.isQuery) { return dz * qNorm[column]; }
  return dz * kNorm[column];
}

@compute @workgroup_size(64)
fn qkv_rope_grad_any(
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
