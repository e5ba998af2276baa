// attention_grad_kv: gradients of keys and values, summed over the rows that see them and the heads of the group.
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
// writes    overwrite; rows are added in rising order, head by head: the same bits every time
// dispatch  x = tiles of 4 key rows / TILES, y = K · slices; a thread holds 4 keys and WIDTH vec4s of dk and dv
// override  HEAD4: P / 4 · WIDTH: divides HEAD4, at most 8; slices = HEAD4 / WIDTH compute the scores anew · TILES
// cost      visible pairs · H · P · (2 + 2 · slices) multiply-adds
// source    arXiv:2307.08691, algorithm 2, split by key row so that nothing needs atomics
// oracle    src/gpu/reference/attentionGrad.ts
@group(0) @binding(7) var<storage, read_write> dkv: array<vec4f>;

override HEAD4: u32 = 8;
override WIDTH: u32 = 8;
override TILES: u32 = 16;
const FOUR = vec4u(0u, 1u, 2u, 3u);

// Which of the 4 keys row `i` sees.
fn sees(i: u32, key: vec4u) -> vec4<bool> {
  let r = rows[i];
  return ((key >= vec4u(r.ownStart)) & (key < vec4u(r.ownEnd))) | ((key >= vec4u(r.prefixStart)) & (key < vec4u(r.prefixEnd)));
}

fn weight(s: vec4f, rowLse: vec4f, seen: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), exp(s * dims.scale - rowLse), seen);
}

@compute @workgroup_size(TILES)
fn attention_grad_kv(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let slices = HEAD4 / WIDTH;
  let first = (group.y % slices) * WIDTH;
  let kvHead = group.y / slices;
  let share = dims.heads / dims.kvHeads;
  let last = vec4u(dims.rows - 1u);
  let key = (group.x * TILES + local) * 4u + FOUR;
  let live = key < vec4u(dims.rows);
  let keyAt = (min(key, last) * dims.kvHeads + kvHead) * HEAD4;
  var end = 0u;
  for (var i = 0u; i < 4u; i++) {
    if (live[i]) { end = max(end, min(rows[key[i]].visibleEnd, dims.rows)); }
  }

  var dk: array<mat4x4f, 8>;   // columns are the 4 keys
  var dv: array<mat4x4f, 8>;
  for (var head = kvHead * share; head < (kvHead + 1u) * share; head++) {
    for (var i = key.x; i < end; i += 4u) {
      let row = min(i + FOUR, last);
      let seen0 = sees(row.x, key);
      let seen1 = sees(row.y, key) & vec4<bool>(i + 1u < end);
      let seen2 = sees(row.z, key) & vec4<bool>(i + 2u < end);
      let seen3 = sees(row.w, key) & vec4<bool>(i + 3u < end);
      if (any(seen0 | seen1 | seen2 | seen3)) {
        let cell = row * dims.heads + head;
        let at = cell * HEAD4;
        let rowLse = vec4f(lse[cell.x], lse[cell.y], lse[cell.z], lse[cell.w]);
        let rowDelta = vec4f(delta[cell.x], delta[cell.y], delta[cell.z], delta[cell.w]);
        var s = mat4x4f();   // columns are keys, entries are rows
        var dp = mat4x4f();
        for (var c = 0u; c < HEAD4; c++) {
          let queries = mat4x4f(q[at.x + c], q[at.y + c], q[at.z + c], q[at.w + c]);
          s += transpose(queries) * mat4x4f(k[keyAt.x + c], k[keyAt.y + c], k[keyAt.z + c], k[keyAt.w + c]);
          let outs = mat4x4f(dO[at.x + c], dO[at.y + c], dO[at.z + c], dO[at.w + c]);
          dp += transpose(outs) * mat4x4f(v[keyAt.x + c], v[keyAt.y + c], v[keyAt.z + c], v[keyAt.w + c]);
        }
        let p = mat4x4f(
          weight(s[0], rowLse, vec4<bool>(seen0.x, seen1.x, seen2.x, seen3.x)),
          weight(s[1], rowLse, vec4<bool>(seen0.y, seen1.y, seen2.y, seen3.y)),
          weight(s[2], rowLse, vec4<bool>(seen0.z, seen1.z, seen2.z, seen3.z)),
          weight(s[3], rowLse, vec4<bool>(seen0.w, seen1.w, seen2.w, seen3.w)));
        let ds = mat4x4f(
          p[0] * (dp[0] - rowDelta) * dims.scale, p[1] * (dp[1] - rowDelta) * dims.scale,
          p[2] * (dp[2] - rowDelta) * dims.scale, p[3] * (dp[3] - rowDelta) * dims.scale);
        for (var c = 0u; c < WIDTH; c++) {
          let f = at + first + c;
          dk[c] += mat4x4f(q[f.x], q[f.y], q[f.z], q[f.w]) * ds;
          dv[c] += mat4x4f(dO[f.x], dO[f.y], dO[f.z], dO[f.w]) * p;
        }
      }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    if (live[i]) {
      let out = (key[i] * 2u * dims.kvHeads + kvHead) * HEAD4 + first;
      for (var c = 0u; c < WIDTH; c++) {
        dkv[out + c] = dk[c][i];
        dkv[out + dims.kvHeads * HEAD4 + c] = dv[c][i];
      }
    }
  }
}
