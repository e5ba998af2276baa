// The loops of attention_grad_kv_wide.wgsl, where formula and bindings are. The vec4s of a head are written out: keys,
// values and their gradients stay in registers, for a lane's four keys.
import { unroll } from "../unroll";

/** @param head4 vec4s of a head */
export function attentionGradKvWideLoops(head4: number): string {
  const each = (line: string): string => unroll(head4, line);
  return /* wgsl */ `
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
  ${each("let k# = mat4x4f(heldK[#], heldK[HEAD4 + #], heldK[2u * HEAD4 + #], heldK[3u * HEAD4 + #]);")}
  ${each("let v# = mat4x4f(heldV[#], heldV[HEAD4 + #], heldV[2u * HEAD4 + #], heldV[3u * HEAD4 + #]);")}
  ${each("var x# = mat4x4f();")}
  ${each("var y# = mat4x4f();")}
  let stop = ~quad_least(~end);
  var i = quad_least(min(key.x, dims.rows - 1u));
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  // Blocks and heads share one loop: each variable that an inner loop changes costs 0.5 ms of compile time.
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
    ${each("let q# = queries(#u);")}
    ${each("let o# = outs(#u);")}
    ${each("{ s += transpose(q#) * k#; dp += transpose(o#) * v#; }")}
    let p = mat4x4f(
      weight(s[0], rowLse, vec4<bool>(a.x, b.x, c.x, d.x)), weight(s[1], rowLse, vec4<bool>(a.y, b.y, c.y, d.y)),
      weight(s[2], rowLse, vec4<bool>(a.z, b.z, c.z, d.z)), weight(s[3], rowLse, vec4<bool>(a.w, b.w, c.w, d.w)));
    let ds = mat4x4f(
      p[0] * (dp[0] - rowDelta) * dims.scale, p[1] * (dp[1] - rowDelta) * dims.scale,
      p[2] * (dp[2] - rowDelta) * dims.scale, p[3] * (dp[3] - rowDelta) * dims.scale);
    ${each("{ x# += q# * ds; y# += o# * p; }")}
    continuing {
      let whole = head == lastHead;
      head = select(head + 1u, kvHead * share, whole);
      i += select(0u, 4u, whole);
      break if i >= stop;
    }
  }
  ${each("{ heldK[#] = x#[0]; heldK[HEAD4 + #] = x#[1]; heldK[2u * HEAD4 + #] = x#[2]; heldK[3u * HEAD4 + #] = x#[3]; }")}
  ${each("{ heldV[#] = y#[0]; heldV[HEAD4 + #] = y#[1]; heldV[2u * HEAD4 + #] = y#[2]; heldV[3u * HEAD4 + #] = y#[3]; }")}
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
`;
}
