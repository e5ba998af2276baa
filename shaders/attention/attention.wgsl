// attention: softmax attention over two key ranges a row, online, without a score matrix.
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
// dispatch  ROWS 4: x = tiles of 4 rows / TILES, y = H · slices; a thread holds 4 rows of one head
//           ROWS 1: x = rows / TILES, y = K · ceil(H/K / 4) · slices; a thread holds 4 query heads of one row,
//                   and LANES threads share its keys and merge at the end (decoding: few rows, long caches)
//           slices = HEAD4 / WIDTH: a thread owns WIDTH vec4s of the outputs and computes the scores anew
// override  HEAD4: P / 4 · WIDTH: divides HEAD4, at most 8 · ROWS: 4 | 1 · LANES: 1 when ROWS is 4 · TILES ·
//           SHARED: LANES · TILES · WIDTH when LANES > 1, else 1 (8 KiB at most, so that it compiles fast)
// cost      visible pairs · H · P · (1 + slices) multiply-adds
// source    online softmax, arXiv:1805.02867; the 4 × 4 blocks are ours
// oracle    src/gpu/reference/attention.ts
override HEAD4: u32 = 8;
override WIDTH: u32 = 8;
override ROWS: u32 = 4;
override LANES: u32 = 1;
override TILES: u32 = 32;
override SHARED: u32 = 1;
const NOTHING = -1e30;
const FOUR = vec4u(0u, 1u, 2u, 3u);

var<workgroup> laneBest: array<vec4f, SHARED>;
var<workgroup> laneMass: array<vec4f, SHARED>;
var<workgroup> laneSum: array<mat4x4f, SHARED>;

// Matrix columns are the thread's 4 members (rows, or heads of a row).
fn scaled(m: mat4x4f, f: vec4f) -> mat4x4f { return mat4x4f(m[0] * f.x, m[1] * f.y, m[2] * f.z, m[3] * f.w); }
fn peak(s: vec4f) -> f32 { return max(max(s.x, s.y), max(s.z, s.w)); }

// First key from `at` on that some member sees, or 0xffffffff.
fn next(at: u32, start: vec4u, end: vec4u) -> u32 {
  let n = select(vec4u(0xffffffffu), max(vec4u(at), start), vec4u(at) < end);
  return min(min(n.x, n.y), min(n.z, n.w));
}

fn store(at: vec4u, live: vec4<bool>, value: mat4x4f) {
  for (var i = 0u; i < 4u; i++) { if (live[i]) { o[at[i]] = value[i]; } }
}

@compute @workgroup_size(LANES, TILES)
fn attention(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let slices = HEAD4 / WIDTH;
  let first = (group.y % slices) * WIDTH;
  let unit = group.y / slices;
  let tile = group.x * TILES + local.y;
  let share = dims.heads / dims.kvHeads;

  var row = tile * 4u + FOUR;
  var head = vec4u(unit);
  var live = row < vec4u(dims.rows);
  if (ROWS == 1u) {
    let quads = (share + 3u) / 4u;
    let member = (unit % quads) * 4u + FOUR;
    row = vec4u(tile);
    head = (unit / quads) * share + member;
    live = (row < vec4u(dims.rows)) & (member < vec4u(share));
  }
  let at = (min(row, vec4u(dims.rows - 1u)) * dims.heads + min(head, vec4u(dims.heads - 1u))) * HEAD4;
  let kvHead = head.x / share;

  var best = vec4f(NOTHING);
  var mass = vec4f(0.0);
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
    // Lanes take blocks in turn from the common start; a single lane skips what none of its rows sees.
    let begin = select(0u, start.x, LANES > 1u) + 4u * local.x;
    for (var j = next(begin, start, end); j != 0xffffffffu; j = next(j + 4u * LANES, start, end)) {
      let key = j + FOUR;
      let seen0 = (key >= start.xxxx) & (key < end.xxxx);
      let seen1 = (key >= start.yyyy) & (key < end.yyyy);
      let seen2 = (key >= start.zzzz) & (key < end.zzzz);
      let seen3 = (key >= start.wwww) & (key < end.wwww);
      // A key nobody sees may lie past the array or hold anything: key j stands in, its weight is 0.
      let keyAt = (select(vec4u(j), key, seen0 | seen1 | seen2 | seen3) * dims.kvHeads + kvHead) * HEAD4;
      var s = mat4x4f();
      for (var c = 0u; c < HEAD4; c++) {
        let keys = mat4x4f(k[keyAt.x + c], k[keyAt.y + c], k[keyAt.z + c], k[keyAt.w + c]);
        s += transpose(keys) * mat4x4f(q[at.x + c], q[at.y + c], q[at.z + c], q[at.w + c]);
      }
      s = mat4x4f(
        select(vec4f(NOTHING), s[0] * dims.scale, seen0), select(vec4f(NOTHING), s[1] * dims.scale, seen1),
        select(vec4f(NOTHING), s[2] * dims.scale, seen2), select(vec4f(NOTHING), s[3] * dims.scale, seen3));
      let top = max(best, vec4f(peak(s[0]), peak(s[1]), peak(s[2]), peak(s[3])));
      let keep = exp(best - top);
      best = top;
      // Without the select a member that has seen nothing yet would weigh masked keys by exp(0).
      let p = mat4x4f(
        select(vec4f(0.0), exp(s[0] - top.x), seen0), select(vec4f(0.0), exp(s[1] - top.y), seen1),
        select(vec4f(0.0), exp(s[2] - top.z), seen2), select(vec4f(0.0), exp(s[3] - top.w), seen3));
      mass = mass * keep + vec4f(1.0) * p;
      for (var c = 0u; c < WIDTH; c++) {
        let f = keyAt + first + c;
        sum[c] = scaled(sum[c], keep) + mat4x4f(v[f.x], v[f.y], v[f.z], v[f.w]) * p;
      }
    }
  }

  if (LANES > 1u) {
    let mine = local.y * LANES;
    laneBest[mine + local.x] = best;
    workgroupBarrier();
    let own = best;
    for (var i = 0u; i < LANES; i++) { best = max(best, laneBest[mine + i]); }
    let keep = exp(own - best);
    laneMass[mine + local.x] = mass * keep;
    for (var c = 0u; c < WIDTH; c++) { laneSum[(mine + local.x) * WIDTH + c] = scaled(sum[c], keep); }
    workgroupBarrier();
    mass = vec4f(0.0);
    for (var i = 0u; i < LANES; i++) { mass += laneMass[mine + i]; }
    for (var c = local.x; c < WIDTH; c += LANES) {
      var all = mat4x4f();
      for (var i = 0u; i < LANES; i++) { all += laneSum[(mine + i) * WIDTH + c]; }
      store(at + first + c, live, scaled(all, 1.0 / max(mass, vec4f(1e-30))));
    }
  } else {
    for (var c = 0u; c < WIDTH; c++) { store(at + first + c, live, scaled(sum[c], 1.0 / max(mass, vec4f(1e-30)))); }
  }
  if (first == 0u && local.x == 0u) {
    let total = select(vec4f(NOTHING), best + log(max(mass, vec4f(1e-30))), mass > vec4f(0.0));
    for (var i = 0u; i < 4u; i++) {
      if (live[i]) { lse[row[i] * dims.heads + head[i]] = total[i]; }
    }
  }
}
