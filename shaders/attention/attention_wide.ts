// The loops of attention_wide.wgsl, where formula and bindings are. The vec4s of a head are written out: queries, sums
// and outputs of a lane's four rows stay in registers.
import { unroll } from "../unroll";

/** @param head4 vec4s of a head */
export function attentionWideLoops(head4: number): string {
  const each = (line: string): string => unroll(head4, line);
  return /* wgsl */ `
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
  ${each("let a# = mat4x4f(held[#], held[HEAD4 + #], held[2u * HEAD4 + #], held[3u * HEAD4 + #]);")}
  let firstPre = next(0u, preStart, preEnd);
  let firstOwn = next(0u, ownStart, ownEnd);
  let first = min(firstPre, firstOwn);
  let safe = select(first, 0u, first == NONE);
  ${each("var x# = mat4x4f();")}
  var best = vec4f(NOTHING);
  var mass = vec4f(0.0);
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  var own = firstPre == NONE; // whether the keys are the rows' own: those of the prefix come first
  var start = select(preStart, ownStart, own);
  var end = select(preEnd, ownEnd, own);
  var j = select(firstPre, firstOwn, own);
  loop {
    let seen = seen_by(j, start, end);
    take_keys(j, seen.a | seen.b | seen.c | seen.d, safe, stride, offset);
    var s = mat4x4f();
    ${each("{ s += transpose(keys(#u)) * a#; }")}
    s = masked(s, seen);
    let top = max(best, top_of(s));
    let keep = exp(best - top);
    best = top;
    let p = weights(s, top, seen);
    mass = mass * keep + vec4f(1.0) * p;
    ${each("{ x# = scaled(x#, keep) + values(#u) * p; }")}
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
  ${each("{ held[#] = x#[0]; held[HEAD4 + #] = x#[1]; held[2u * HEAD4 + #] = x#[2]; held[3u * HEAD4 + #] = x#[3]; }")}
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
`;
}
