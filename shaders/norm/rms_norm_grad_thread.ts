// The loops of rms_norm_grad_thread.wgsl, where formula and bindings are. The vec4s of a trip are written out.
import { unroll } from "../unroll";

/** @param step vec4s a trip: 1, or 4 where they divide a row */
export function rmsNormGradThreadLoops(step: number): string {
  const each = (line: string): string => unroll(step, line);
  return /* wgsl */ `
const STEP = ${step}u;

@compute @workgroup_size(ROWS) fn rms_norm_grad_thread(thread: Thread) {
  let row = group_of(thread) * ROWS + thread.lane;
  let inside = row < dims.rows;
  let safe = min(row, dims.rows - 1u);
  let scale = inv[safe];
  let start = safe * dims.columns4;
  // x·inv is at most sqrt(real) in size, so multiplying it first keeps large rows from overflowing.
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  var mine = 0.0;
  var c = 0u;
  loop {
    ${each("mine += select(0.0, dot(weight[c + #u] * dy[start + c + #u], x[start + c + #u] * scale), c < dims.columns4);")}
    continuing { c += STEP; break if c >= dims.columns4; }
  }
  let total = mine;
  let mean = total / dims.real;
  c = 0u;
  loop {
    if (inside && c < dims.columns4) {
      ${each("dx[start + c + #u] += scale * (weight[c + #u] * dy[start + c + #u] - x[start + c + #u] * scale * mean);")}
    }
    continuing { c += STEP; break if c >= dims.columns4; }
  }
}
`;
}
