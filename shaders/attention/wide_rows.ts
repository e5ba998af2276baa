// What attention_wide and attention_grad_q_wide share: a lane's four rows, and its walk over the keys that they see.

/** Declares stride and offset of the keys of `head`, and the ranges of keys that the lane's four rows see. */
export const rowRanges = (declared = "", taken = ""): string => `
  let stride = dims.kvHeads * HEAD4;
  let offset = head / (dims.heads / dims.kvHeads) * HEAD4;
  // Rows come in and leave in loops, because every storage access written out costs compile time.${declared}
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
    preEnd = vec4u(preEnd.yzw, select(0u, sees.prefixEnd, live && sees.prefixStart < sees.prefixEnd));${taken}
    continuing { i++; break if i >= 4u; }
  }`;

/** Walks over the keys that any of the rows sees, four at a time: `sums` are declared before it, `body` sees `seen`. */
export const walkKeys = (sums: string, body: string): string => `
  let firstPre = next(0u, preStart, preEnd);
  let firstOwn = next(0u, ownStart, ownEnd);
  let first = min(firstPre, firstOwn);
  let safe = select(first, 0u, first == NONE);
  ${sums}
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  var own = firstPre == NONE; // whether the keys are the rows' own: those of the prefix come first
  var start = select(preStart, ownStart, own);
  var end = select(preEnd, ownEnd, own);
  var j = select(firstPre, firstOwn, own);
  loop {
    let seen = seen_by(j, start, end);
    take_keys(j, seen.a | seen.b | seen.c | seen.d, safe, stride, offset);
    ${body}
    continuing {
      j = next(j + 4u, start, end);
      let turn = j == NONE && !own;
      start = select(start, ownStart, turn);
      end = select(end, ownEnd, turn);
      j = select(j, firstOwn, turn);
      own = own || turn;
      break if j == NONE;
    }
  }`;
