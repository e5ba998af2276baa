// attention_wide: attention for software adapters: queries and outputs in registers, a key loaded once for 4 rows.
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
// writes    overwrite
// dispatch  x = tiles of 4 rows / TILES, y = H; a lane holds 4 rows of one head
// override  TILES: lanes a workgroup, a multiple of 4
// unrolled  HEAD4: P / 4 (src/gpu/unroll.ts)
// fragments alone, keys_alone | quad, keys_quad: one lane loads four keys, or a quad shares them · seen_keys
// cost      2 · visible pairs · H · P multiply-adds
// source    online softmax, arXiv:1805.02867; the 4 × 4 blocks are ours
// oracle    src/gpu/reference/attention.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read> rows: array<Row>;
@group(0) @binding(4) var<storage, read_write> o: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> lse: array<f32>;
@group(1) @binding(0) var<uniform> dims: Dims;

override TILES: u32 = 8;
const NOTHING = -1e30;

// Matrix columns are the lane's 4 rows.
fn scaled(m: mat4x4f, f: vec4f) -> mat4x4f { return mat4x4f(m[0] * f.x, m[1] * f.y, m[2] * f.z, m[3] * f.w); }
fn peak(s: vec4f) -> f32 { return max(max(s.x, s.y), max(s.z, s.w)); }

fn masked(s: mat4x4f, seen: Seen) -> mat4x4f {
  return mat4x4f(
    select(vec4f(NOTHING), s[0] * dims.scale, seen.a), select(vec4f(NOTHING), s[1] * dims.scale, seen.b),
    select(vec4f(NOTHING), s[2] * dims.scale, seen.c), select(vec4f(NOTHING), s[3] * dims.scale, seen.d));
}

fn top_of(s: mat4x4f) -> vec4f { return vec4f(peak(s[0]), peak(s[1]), peak(s[2]), peak(s[3])); }

// Without the select a row that has seen nothing yet would weigh masked keys by exp(0).
fn weights(s: mat4x4f, top: vec4f, seen: Seen) -> mat4x4f {
  return mat4x4f(
    select(vec4f(0.0), exp(s[0] - top.x), seen.a), select(vec4f(0.0), exp(s[1] - top.y), seen.b),
    select(vec4f(0.0), exp(s[2] - top.z), seen.c), select(vec4f(0.0), exp(s[3] - top.w), seen.d));
}

fn attend(tile: u32, head: u32) {
  let stride = dims.kvHeads * HEAD4;
  let offset = head / (dims.heads / dims.kvHeads) * HEAD4;
  // Rows come in and leave in loops, because every storage access written out costs compile time.
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
    continuing { i++; break if i >= 4u; }
  }
  var held: array<vec4f, 4u * HEAD4>;
  i = 0u;
  loop {
    held[i] = q[(min(tile * 4u + i / HEAD4, dims.rows - 1u) * dims.heads + head) * HEAD4 + i % HEAD4];
    continuing { i++; break if i >= 4u * HEAD4; }
  }
  let a# = mat4x4f(held[#], held[HEAD4 + #], held[2u * HEAD4 + #], held[3u * HEAD4 + #]); // × HEAD4
  let firstPre = next(0u, preStart, preEnd);
  let firstOwn = next(0u, ownStart, ownEnd);
  let first = min(firstPre, firstOwn);
  let safe = select(first, 0u, first == NONE);
  var x# = mat4x4f(); // × HEAD4
  var best = vec4f(NOTHING);
  var mass = vec4f(0.0);
  // Loops end at the bottom: a software adapter runs the body of any other loop once more than it needs.
  var own = firstPre == NONE; // whether the keys are the rows' own: those of the prefix come first
  var start = select(preStart, ownStart, own);
  var end = select(preEnd, ownEnd, own);
  var j = select(firstPre, firstOwn, own);
  loop {
    let seen = seen_by(j, start, end);
    take_keys(j, seen.a | seen.b | seen.c | seen.d, safe, stride, offset);
    var s = mat4x4f();
    { s += transpose(keys(#u)) * a#; } // × HEAD4
    s = masked(s, seen);
    let top = max(best, top_of(s));
    let keep = exp(best - top);
    best = top;
    let p = weights(s, top, seen);
    mass = mass * keep + vec4f(1.0) * p;
    { x# = scaled(x#, keep) + values(#u) * p; } // × HEAD4
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
  { held[#] = x#[0]; held[HEAD4 + #] = x#[1]; held[2u * HEAD4 + #] = x#[2]; held[3u * HEAD4 + #] = x#[3]; } // × HEAD4
  let totals = select(vec4f(NOTHING), best + log(max(mass, vec4f(1e-30))), mass > vec4f(0.0));
  i = 0u;
  loop {
    let own = i / HEAD4;
    let row = tile * 4u + own;
    if (row < dims.rows) {
      let cell = row * dims.heads + head;
      lse[cell] = totals[own];
      o[cell * HEAD4 + i % HEAD4] = select(vec4f(0.0), held[i] / max(mass[own], 1e-30), mass[own] > 0.0);
    }
    continuing { i++; break if i >= 4u * HEAD4; }
  }
}

@compute @workgroup_size(TILES)
fn attention_wide(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  enter_quad(local);
  attend(group.x * TILES + local, group.y);
}
