// attention_grad_q_wide: gradient of the queries for software adapters: rows in registers, a key loaded once for 4 rows.
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
// writes    overwrite
// dispatch  x = tiles of 4 rows / TILES, y = H; a lane holds 4 rows of one head
// override  TILES: lanes a workgroup, a multiple of 4
// unrolled  HEAD4: P / 4 (src/gpu/unroll.ts)
// fragments alone, keys_alone | quad, keys_quad: one lane loads four keys, or a quad shares them · seen_keys
// cost      3 · visible pairs · H · P multiply-adds
// source    arXiv:2307.08691, algorithm 2, split by query row so that nothing needs atomics
// oracle    src/gpu/reference/attentionGrad.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> dO: array<vec4f>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read> delta: array<f32>;
@group(0) @binding(6) var<storage, read> rows: array<Row>;
@group(0) @binding(7) var<storage, read_write> dq: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

override TILES: u32 = 8;

fn slope(s: vec4f, dp: vec4f, lseRow: f32, deltaRow: f32, seen: vec4<bool>) -> vec4f {
  return select(vec4f(0.0), exp(s * dims.scale - lseRow) * (dp - deltaRow) * dims.scale, seen);
}

// Matrix columns are the lane's 4 rows, entries are keys.
fn slopes(s: mat4x4f, dp: mat4x4f, rowLse: vec4f, rowDelta: vec4f, seen: Seen) -> mat4x4f {
  return mat4x4f(
    slope(s[0], dp[0], rowLse.x, rowDelta.x, seen.a), slope(s[1], dp[1], rowLse.y, rowDelta.y, seen.b),
    slope(s[2], dp[2], rowLse.z, rowDelta.z, seen.c), slope(s[3], dp[3], rowLse.w, rowDelta.w, seen.d));
}

fn grad(tile: u32, head: u32) {
  let stride = dims.kvHeads * HEAD4;
  let offset = head / (dims.heads / dims.kvHeads) * HEAD4;
  // Rows come in and leave in loops, because every storage access written out costs compile time.
  var lse4 = vec4f();
  var delta4 = vec4f();
  var ownStart = vec4u();
  var ownEnd = vec4u();
  var preStart = vec4u();
  var preEnd = vec4u();
  var i = 0u;
  loop {
    let row = min(tile * 4u + i, dims.rows - 1u);
    let sees = rows[row];
    let live = tile * 4u + i < dims.rows;
    ownStart = vec4u(ownStart.yzw, sees.ownStart);
    ownEnd = vec4u(ownEnd.yzw, select(0u, sees.ownEnd, live && sees.ownStart < sees.ownEnd));
    preStart = vec4u(preStart.yzw, sees.prefixStart);
    preEnd = vec4u(preEnd.yzw, select(0u, sees.prefixEnd, live && sees.prefixStart < sees.prefixEnd));
    let cell = row * dims.heads + head;
    lse4 = vec4f(lse4.yzw, lse[cell]);
    delta4 = vec4f(delta4.yzw, delta[cell]);
    continuing { i++; break if i >= 4u; }
  }
  var heldQ: array<vec4f, 4u * HEAD4>;
  var heldO: array<vec4f, 4u * HEAD4>;
  i = 0u;
  loop {
    let at = (min(tile * 4u + i / HEAD4, dims.rows - 1u) * dims.heads + head) * HEAD4 + i % HEAD4;
    heldQ[i] = q[at];
    heldO[i] = dO[at];
    continuing { i++; break if i >= 4u * HEAD4; }
  }
  let a# = mat4x4f(heldQ[#], heldQ[HEAD4 + #], heldQ[2u * HEAD4 + #], heldQ[3u * HEAD4 + #]); // × HEAD4
  let c# = mat4x4f(heldO[#], heldO[HEAD4 + #], heldO[2u * HEAD4 + #], heldO[3u * HEAD4 + #]); // × HEAD4
  let firstPre = next(0u, preStart, preEnd);
  let firstOwn = next(0u, ownStart, ownEnd);
  let first = min(firstPre, firstOwn);
  let safe = select(first, 0u, first == NONE);
  var x# = mat4x4f(); // × HEAD4
  // Loops end at the bottom: a software adapter runs the body of any other loop once more than it needs.
  var own = firstPre == NONE; // whether the keys are the rows' own: those of the prefix come first
  var start = select(preStart, ownStart, own);
  var end = select(preEnd, ownEnd, own);
  var j = select(firstPre, firstOwn, own);
  loop {
    let seen = seen_by(j, start, end);
    take_keys(j, seen.a | seen.b | seen.c | seen.d, safe, stride, offset);
    let k# = keys(#u); // × HEAD4
    var s = mat4x4f();
    var dp = mat4x4f();
    { s += transpose(k#) * a#; dp += transpose(values(#u)) * c#; } // × HEAD4
    let ds = slopes(s, dp, lse4, delta4, seen);
    { x# += k# * ds; } // × HEAD4
    continuing {
      j = next(j + 4u, start, end);
      let turn = j == NONE && !own;
      start = select(start, ownStart, turn);
      end = select(end, ownEnd, turn);
      j = select(j, firstOwn, turn);
      own = own || turn;
      break if j == NONE;
    }
  }
  { heldQ[#] = x#[0]; heldQ[HEAD4 + #] = x#[1]; heldQ[2u * HEAD4 + #] = x#[2]; heldQ[3u * HEAD4 + #] = x#[3]; } // × HEAD4
  i = 0u;
  loop {
    let row = tile * 4u + i / HEAD4;
    // Of a row that sees nothing even the keys' stand-in may be anything.
    if (row < dims.rows) {
      dq[(row * dims.heads + head) * HEAD4 + i % HEAD4] = select(vec4f(0.0), heldQ[i], first != NONE);
    }
    continuing { i++; break if i >= 4u * HEAD4; }
  }
}

@compute @workgroup_size(TILES)
fn attention_grad_q_wide(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  enter_quad(local);
  grad(group.x * TILES + local, group.y);
}
