// qkv_rope_grad: back through rotary and the per-head norm, into the joined projection. D a multiple of 8, up to 64.
//
//   dz[i] = dy[i]·cos + dy[i + D/2]·sin,  dz[i + D/2] = dy[i + D/2]·cos − dy[i]·sin     (rotation by −angle)
//   g = w·dz,  r = 1/√(mean(x²) + eps),  dx = r·(g − x·r²·mean(x·g))   (only with qkNorm; else dx = dz)
//
// bindings  0 dq     read   f32[T, H·D]
//           1 dkv    read   f32[T, 2K·D]         k heads, then v heads
//           2 qkv    read   f32[T, (H + 2K)·D]   as given to qkv_rope; r is computed again from it
//           3 rows   read   Row[T]
//           4 qNorm  read   f32[D]               any tensor when qkNorm is 0
//           5 kNorm  read   f32[D]
//           6 table  read   f32[positions, D]
//           7 dqkv   write  f32[T, (H + 2K)·D]
// writes    overwrite
// dispatch  `parts` threads a row, each takes every parts-th head of q and of k and v; workgroups fold over x, y
// unrolled  PAIRS: D / 8, the vec4s of half a head (lines marked so; src/gpu/unroll.ts)
// cost      about 10·T·(H + 2K)·D multiply-adds, bound by memory: angles and weights are loaded once a thread
// source    ours (the derivative of qkv_rope); training only: key row = token row
// oracle    src/gpu/reference/qkvRope.ts
struct Dims { rows: u32, heads: u32, kvHeads: u32, qkNorm: u32, eps: f32, parts: u32 }
@group(0) @binding(0) var<storage, read> dq: array<vec4f>;
@group(0) @binding(1) var<storage, read> dkv: array<vec4f>;
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(3) var<storage, read> rows: array<Row>;
@group(0) @binding(4) var<storage, read> qNorm: array<vec4f>;
@group(0) @binding(5) var<storage, read> kNorm: array<vec4f>;
@group(0) @binding(6) var<storage, read> table: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dqkv: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

override WG: u32 = 16;

@compute @workgroup_size(WG)
fn qkv_rope_grad(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (group.x + group.y * groups.x) * WG + local;
  let row = index / dims.parts;
  let part = index % dims.parts;
  let inside = row < dims.rows;
  let half = PAIRS;
  let size = 2u * half;
  let into = row * (dims.heads + 2u * dims.kvHeads) * size;
  let angles = rows[row].position * size;
  var turns: array<vec4f, 2u * PAIRS>; // see qkv_rope
  var gains: array<vec4f, 4u * PAIRS>;
  var i = 0u;
  loop {
    turns[i] = table[angles + i];
    gains[i] = select(vec4f(1.0), qNorm[i], dims.qkNorm != 0u);
    gains[size + i] = select(vec4f(1.0), kNorm[i], dims.qkNorm != 0u);
    continuing { i++; break if i >= size; }
  }
  // Loops that end at the bottom: a software adapter runs the body of any other loop once more than it needs.
  {
    var head = part;
    loop {
      let at = (row * dims.heads + head) * size;
      let out = into + head * size;
      var squares = 0.0;
      var along = 0.0;
      let d# = dq[at + #u]; // × PAIRS
      let e# = dq[at + half + #u]; // × PAIRS
      let a# = gains[#] * (d# * turns[#] + e# * turns[PAIRS + #]); // × PAIRS
      let b# = gains[PAIRS + #] * (e# * turns[#] - d# * turns[PAIRS + #]); // × PAIRS
      let x# = qkv[out + #u]; // × PAIRS
      let y# = qkv[out + half + #u]; // × PAIRS
      squares += dot(x#, x#) + dot(y#, y#); // × PAIRS
      along += dot(x#, a#) + dot(y#, b#); // × PAIRS
      let r = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      let back = select(0.0, r * r * along / f32(8u * half), dims.qkNorm != 0u);
      if (inside && head < dims.heads) {
        dqkv[out + #u] = r * (a# - x# * back); // × PAIRS
        dqkv[out + half + #u] = r * (b# - y# * back); // × PAIRS
      }
      continuing { head += dims.parts; break if head >= dims.heads; }
    }
  }
  {
    var head = part;
    loop {
      let at = (row * 2u * dims.kvHeads + head) * size;
      let out = into + (dims.heads + head) * size;
      var squares = 0.0;
      var along = 0.0;
      let d# = dkv[at + #u]; // × PAIRS
      let e# = dkv[at + half + #u]; // × PAIRS
      let a# = gains[2u * PAIRS + #] * (d# * turns[#] + e# * turns[PAIRS + #]); // × PAIRS
      let b# = gains[3u * PAIRS + #] * (e# * turns[#] - d# * turns[PAIRS + #]); // × PAIRS
      let x# = qkv[out + #u]; // × PAIRS
      let y# = qkv[out + half + #u]; // × PAIRS
      squares += dot(x#, x#) + dot(y#, y#); // × PAIRS
      along += dot(x#, a#) + dot(y#, b#); // × PAIRS
      let r = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      let back = select(0.0, r * r * along / f32(8u * half), dims.qkNorm != 0u);
      if (inside && head < dims.kvHeads) {
        dqkv[out + #u] = r * (a# - x# * back); // × PAIRS
        dqkv[out + half + #u] = r * (b# - y# * back); // × PAIRS
        let values = at + dims.kvHeads * size;
        let to = out + dims.kvHeads * size;
        i = 0u;
        loop { dqkv[to + i] = dkv[values + i]; continuing { i++; break if i >= size; } }
      }
      continuing { head += dims.parts; break if head >= dims.kvHeads; }
    }
  }
}
