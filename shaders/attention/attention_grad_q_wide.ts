// The loops of attention_grad_q_wide.wgsl, where formula and bindings are. The vec4s of a head are written out: queries,
// their gradients and those of the outputs stay in registers, for a lane's four rows.
import { unroll } from "../unroll";

/** @param head4 vec4s of a head */
export function attentionGradQWideLoops(head4: number): string {
  const each = (line: string): string => unroll(head4, line);
  return /* wgsl */ `
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
  ${each("let a# = mat4x4f(heldQ[#], heldQ[HEAD4 + #], heldQ[2u * HEAD4 + #], heldQ[3u * HEAD4 + #]);")}
  ${each("let c# = mat4x4f(heldO[#], heldO[HEAD4 + #], heldO[2u * HEAD4 + #], heldO[3u * HEAD4 + #]);")}
  let firstPre = next(0u, preStart, preEnd);
  let firstOwn = next(0u, ownStart, ownEnd);
  let first = min(firstPre, firstOwn);
  let safe = select(first, 0u, first == NONE);
  ${each("var x# = mat4x4f();")}
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  var own = firstPre == NONE; // whether the keys are the rows' own: those of the prefix come first
  var start = select(preStart, ownStart, own);
  var end = select(preEnd, ownEnd, own);
  var j = select(firstPre, firstOwn, own);
  loop {
    let seen = seen_by(j, start, end);
    take_keys(j, seen.a | seen.b | seen.c | seen.d, safe, stride, offset);
    ${each("let k# = keys(#u);")}
    var s = mat4x4f();
    var dp = mat4x4f();
    ${each("{ s += transpose(k#) * a#; dp += transpose(values(#u)) * c#; }")}
    let ds = slopes(s, dp, lse4, delta4, seen);
    ${each("{ x# += k# * ds; }")}
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
  ${each("{ heldQ[#] = x#[0]; heldQ[HEAD4 + #] = x#[1]; heldQ[2u * HEAD4 + #] = x#[2]; heldQ[3u * HEAD4 + #] = x#[3]; }")}
  i = 0u;
  loop {
    let row = tile * 4u + i / HEAD4;
    // A row that sees no key computed with arbitrary values in place of keys, so 0 is stored instead of its sums.
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
`;
}
