// attention_grad_kv_wide: gradients of keys and values for software adapters: 4 keys in registers, a row loaded once for them.
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
// writes    overwrite; blocks of 4 rows are added in rising order, each head by head: the same bits every time
// dispatch  x = tiles of 4 key rows / TILES, y = K; a lane holds 4 keys
// override  TILES: lanes a workgroup, a multiple of 4
// unrolled  HEAD4: P / 4 (src/gpu/unroll.ts)
// fragments alone, rows_alone | quad, rows_quad: one lane loads four rows, or a quad shares them
// cost      4 · visible pairs · H · P multiply-adds
// source    arXiv:2307.08691, algorithm 2, split by key row so that nothing needs atomics
// oracle    src/gpu/reference/attentionGrad.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> dO: array<vec4f>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read> delta: array<f32>;
@group(0) @binding(6) var<storage, read> rows: array<Row>;
@group(0) @binding(7) var<storage, read_write> dkv: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

override TILES: u32 = 8;
const FOUR = vec4u(0u, 1u, 2u, 3u);

// Which keys a row sees: own start and end, prefix start and end; of four rows.
struct Ranges { a: vec4u, b: vec4u, c: vec4u, d: vec4u }
fn range_of(row: u32) -> vec4u {
  return vec4u(rows[row].ownStart, rows[row].ownEnd, rows[row].prefixStart, rows[row].prefixEnd);
}

// Which of the 4 keys are in a row's ranges, if the row counts.
fn sees(range: vec4u, key: vec4u, counts: bool) -> vec4<bool> {
  let own = (key >= range.xxxx) & (key < range.yyyy);
  return (own | ((key >= range.zzzz) & (key < range.wwww))) & vec4<bool>(counts);
}

fn weight(s: vec4f, rowLse: vec4f, seen: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), exp(s * dims.scale - rowLse), seen);
}

fn grad(tile: u32, kvHead: u32) {
  let share = dims.heads / dims.kvHeads;
  let key = tile * 4u + FOUR;
  // Keys come in and leave in loops, because every storage access written out costs compile time.
  var heldK: array<vec4f, 4u * HEAD4>;
  var heldV: array<vec4f, 4u * HEAD4>;
  var end = 0u;
  var n = 0u;
  loop {
    let own = tile * 4u + n / HEAD4;
    let row = min(own, dims.rows - 1u);
    let at = (row * dims.kvHeads + kvHead) * HEAD4 + n % HEAD4;
    end = max(end, select(0u, min(rows[row].visibleEnd, dims.rows), own < dims.rows));
    heldK[n] = k[at];
    heldV[n] = v[at];
    continuing { n++; break if n >= 4u * HEAD4; }
  }
  let k# = mat4x4f(heldK[#], heldK[HEAD4 + #], heldK[2u * HEAD4 + #], heldK[3u * HEAD4 + #]); // × HEAD4
  let v# = mat4x4f(heldV[#], heldV[HEAD4 + #], heldV[2u * HEAD4 + #], heldV[3u * HEAD4 + #]); // × HEAD4
  var x# = mat4x4f(); // × HEAD4
  var y# = mat4x4f(); // × HEAD4
  let stop = ~quad_least(~end);
  var i = quad_least(min(key.x, dims.rows - 1u));
  // Loops end at the bottom: a software adapter runs the body of any other loop once more than it needs. One loop for
  // blocks and heads: what lives through an inner one costs compile time.
  let lastHead = (kvHead + 1u) * share - 1u;
  var head = kvHead * share;
  loop {
    take_rows(i);
    let range = ranges();
    let counts = vec4u(i) + order() < vec4u(end);
    let a = sees(range.a, key, counts.x);
    let b = sees(range.b, key, counts.y);
    let c = sees(range.c, key, counts.z);
    let d = sees(range.d, key, counts.w);
    take_head(head);
    let rowLse = lses();
    let rowDelta = deltas();
    var s = mat4x4f(); // columns are keys, entries are rows
    var dp = mat4x4f();
    let q# = queries(#u); // × HEAD4
    let o# = outs(#u); // × HEAD4
    { s += transpose(q#) * k#; dp += transpose(o#) * v#; } // × HEAD4
    let p = mat4x4f(
      weight(s[0], rowLse, vec4<bool>(a.x, b.x, c.x, d.x)), weight(s[1], rowLse, vec4<bool>(a.y, b.y, c.y, d.y)),
      weight(s[2], rowLse, vec4<bool>(a.z, b.z, c.z, d.z)), weight(s[3], rowLse, vec4<bool>(a.w, b.w, c.w, d.w)));
    let ds = mat4x4f(
      p[0] * (dp[0] - rowDelta) * dims.scale, p[1] * (dp[1] - rowDelta) * dims.scale,
      p[2] * (dp[2] - rowDelta) * dims.scale, p[3] * (dp[3] - rowDelta) * dims.scale);
    { x# += q# * ds; y# += o# * p; } // × HEAD4
    continuing {
      let whole = head == lastHead;
      head = select(head + 1u, kvHead * share, whole);
      i += select(0u, 4u, whole);
      break if i >= stop;
    }
  }
  { heldK[#] = x#[0]; heldK[HEAD4 + #] = x#[1]; heldK[2u * HEAD4 + #] = x#[2]; heldK[3u * HEAD4 + #] = x#[3]; } // × HEAD4
  { heldV[#] = y#[0]; heldV[HEAD4 + #] = y#[1]; heldV[2u * HEAD4 + #] = y#[2]; heldV[3u * HEAD4 + #] = y#[3]; } // × HEAD4
  n = 0u;
  loop {
    let row = tile * 4u + n / HEAD4;
    if (row < dims.rows) {
      let at = (row * 2u * dims.kvHeads + kvHead) * HEAD4 + n % HEAD4;
      dkv[at] = heldK[n];
      dkv[at + dims.kvHeads * HEAD4] = heldV[n];
    }
    continuing { n++; break if n >= 4u * HEAD4; }
  }
}

@compute @workgroup_size(TILES)
fn attention_grad_kv_wide(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  enter_quad(local);
  grad(group.x * TILES + local, group.y);
}
