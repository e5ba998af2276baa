// What qkv_rope and its gradient share where the vec4s of half a head are written out: a thread's row and heads, and what
// every head of the row needs.

/** Begins the kernel `name`, up to the loops over heads; `first` declares where the row lies in the joined projection. */
export const ropeRow = (name: string, first: "input" | "into"): string => `
@compute @workgroup_size(WG) fn ${name}(thread: Thread) {
  let index = group_of(thread) * WG + thread.lane;
  let row = index / dims.parts;
  let part = index % dims.parts;
  let inside = row < dims.rows;
  let half = PAIRS;
  let size = 2u * half;
  let ${first} = row * (dims.heads + 2u * dims.kvHeads) * size;
  let angles = rows[row].position * size;
  // What every head of the row needs is kept in arrays: values that live through loops cost compile time.
  var rotation: array<vec4f, 2u * PAIRS>;
  var gains: array<vec4f, 4u * PAIRS>;
  var i = 0u;
  loop {
    rotation[i] = table[angles + i];
    gains[i] = select(vec4f(1.0), qNorm[i], dims.qkNorm != 0u);
    gains[size + i] = select(vec4f(1.0), kNorm[i], dims.qkNorm != 0u);
    continuing { i++; break if i >= size; }
  }`;

/** `body` for every head of `heads` that is this thread's; it sees `head`, and writes nothing unless `wanted`. */
export const eachHead = (heads: "dims.heads" | "dims.kvHeads", body: string): string => `
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  {
    var head = part;
    loop {
      let wanted = inside && head < ${heads};
      ${body}
      continuing { head += dims.parts; break if head >= ${heads}; }
    }
  }`;
