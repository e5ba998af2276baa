// Sharing in a quad, four threads (lanes) that work on the same four keys or rows: each loads one of them and passes it to
// the others by subgroup operations, so a quad needs a quarter of the loads. Without subgroups, see no_subgroups.wgsl.
var<private> quadLane: u32;

// Finds this lane's place among the quad's four; `local` is any number that differs between lanes.
fn enter_quad(local: u32) {
  quadLane = select(0u, 1u, quadBroadcast(local, 1u) == local) + select(0u, 2u, quadBroadcast(local, 2u) == local)
    + select(0u, 3u, quadBroadcast(local, 3u) == local);
}

// Least value of the quad's lanes, for all of them.
fn quad_least(x: u32) -> u32 {
  let y = min(x, quadSwapX(x));
  return min(y, quadSwapY(y));
}

// Which of four rows or keys each column of hand_round holds: the lane's own, then the other lanes'.
fn order() -> vec4u { return vec4u(quadLane) ^ vec4u(0u, 1u, 2u, 3u); }

// What the four lanes loaded, one column each. By swaps, which take 1 instruction per component on SwiftShader where
// broadcasts take 7 (machine code, docs/performance.md; no public report found).
fn hand_round(x: vec4f) -> mat4x4f { return mat4x4f(x, quadSwapX(x), quadSwapY(x), quadSwapDiagonal(x)); }
