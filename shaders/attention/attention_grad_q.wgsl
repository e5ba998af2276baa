// attention_grad_q: gradient of the queries; probabilities are computed again from the saved log-sum-exp.
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
// dispatch  x = tiles of 4 rows / 32, y = H · slices; a thread holds 4 rows of one head and WIDTH vec4s of dq
// override  HEAD4: P / 4 · WIDTH: divides HEAD4, at most 8; slices = HEAD4 / WIDTH compute the scores anew
// cost      visible pairs · H · P · (1 + 2 · slices) multiply-adds
// source    arXiv:2307.08691, algorithm 2, split by query row so that nothing needs atomics
// oracle    src/gpu/reference/attentionGrad.ts
@group(0) @binding(7) var<storage, read_write> dq: array<vec4f>;

override HEAD4: u32 = 8;
override WIDTH: u32 = 8;
const FOUR = vec4u(0u, 1u, 2u, 3u);

// First key from `at` on that some row of the tile sees, or 0xffffffff.
fn next(at: u32, start: vec4u, end: vec4u) -> u32 {
  let n = select(vec4u(0xffffffffu), max(vec4u(at), start), vec4u(at) < end);
  return min(min(n.x, n.y), min(n.z, n.w));
}

fn slope(s: vec4f, dp: vec4f, lseRow: f32, deltaRow: f32, seen: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), exp(s * dims.scale - lseRow) * (dp - deltaRow) * dims.scale, seen);
}

@compute @workgroup_size(32)
fn attention_grad_q(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let slices = HEAD4 / WIDTH;
  let first = (group.y % slices) * WIDTH;
  let head = group.y / slices;
  let kvHead = head / (dims.heads / dims.kvHeads);
  let row = (group.x * 32u + local) * 4u + FOUR;
  let live = row < vec4u(dims.rows);
  let cell = min(row, vec4u(dims.rows - 1u)) * dims.heads + head;
  let at = cell * HEAD4;
  let rowLse = vec4f(lse[cell.x], lse[cell.y], lse[cell.z], lse[cell.w]);
  let rowDelta = vec4f(delta[cell.x], delta[cell.y], delta[cell.z], delta[cell.w]);

  var sum: array<mat4x4f, 8>;
  for (var part = 0u; part < 2u; part++) {
    var start: vec4u;
    var end: vec4u;
    for (var i = 0u; i < 4u; i++) {
      let r = rows[min(row[i], dims.rows - 1u)];
      start[i] = select(r.ownStart, r.prefixStart, part == 0u);
      end[i] = select(r.ownEnd, r.prefixEnd, part == 0u);
    }
    end = select(vec4u(0u), end, live & (start < end));
    for (var j = next(0u, start, end); j != 0xffffffffu; j = next(j + 4u, start, end)) {
      let key = j + FOUR;
      let seen0 = (key >= start.xxxx) & (key < end.xxxx);
      let seen1 = (key >= start.yyyy) & (key < end.yyyy);
      let seen2 = (key >= start.zzzz) & (key < end.zzzz);
      let seen3 = (key >= start.wwww) & (key < end.wwww);
      // A key nobody sees may lie past the array: key j stands in, its weight is 0.
      let keyAt = (select(vec4u(j), key, seen0 | seen1 | seen2 | seen3) * dims.kvHeads + kvHead) * HEAD4;
      var s = mat4x4f();   // columns are rows of the tile, entries are keys
      var dp = mat4x4f();
      for (var c = 0u; c < HEAD4; c++) {
        let keys = mat4x4f(k[keyAt.x + c], k[keyAt.y + c], k[keyAt.z + c], k[keyAt.w + c]);
        s += transpose(keys) * mat4x4f(q[at.x + c], q[at.y + c], q[at.z + c], q[at.w + c]);
        let values = mat4x4f(v[keyAt.x + c], v[keyAt.y + c], v[keyAt.z + c], v[keyAt.w + c]);
        dp += transpose(values) * mat4x4f(dO[at.x + c], dO[at.y + c], dO[at.z + c], dO[at.w + c]);
      }
      let ds = mat4x4f(
        slope(s[0], dp[0], rowLse.x, rowDelta.x, seen0), slope(s[1], dp[1], rowLse.y, rowDelta.y, seen1),
        slope(s[2], dp[2], rowLse.z, rowDelta.z, seen2), slope(s[3], dp[3], rowLse.w, rowDelta.w, seen3));
      for (var c = 0u; c < WIDTH; c++) {
        let f = keyAt + first + c;
        sum[c] += mat4x4f(k[f.x], k[f.y], k[f.z], k[f.w]) * ds;
      }
    }
  }
  for (var c = 0u; c < WIDTH; c++) {
    for (var i = 0u; i < 4u; i++) {
      if (live[i]) { dq[at[i] + first + c] = sum[c][i]; }
    }
  }
}
