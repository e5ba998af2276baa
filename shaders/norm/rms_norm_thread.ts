// The loops of rms_norm_thread.wgsl, where formula and bindings are. The vec4s of a trip are written out.
import { unroll } from "../unroll";

/** @param step vec4s a trip: 1, or 4 where they divide a row */
export function rmsNormThreadLoops(step: number): string {
  const each = (line: string): string => unroll(step, line);
  return /* wgsl */ `
const STEP = ${step}u;

@compute @workgroup_size(ROWS) fn rms_norm_thread(thread: Thread) {
  let row = group_of(thread) * ROWS + thread.lane;
  let inside = row < dims.rows;
  let start = min(row, dims.rows - 1u) * dims.columns4;
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  var mine = 0.0;
  var c = 0u;
  loop {
    ${each("{ let v = x[start + c + #u]; mine += select(0.0, dot(v, v), c < dims.columns4); }")}
    continuing { c += STEP; break if c >= dims.columns4; }
  }
  let total = mine;
  let scale = 1.0 / sqrt(total / dims.real + dims.eps);
  c = 0u;
  loop {
    if (inside && c < dims.columns4) {
      ${each("y[start + c + #u] = x[start + c + #u] * scale * weight[c + #u];")}
    }
    continuing { c += STEP; break if c >= dims.columns4; }
  }
  if (inside) { inv[row] = scale; }
}
`;
}
