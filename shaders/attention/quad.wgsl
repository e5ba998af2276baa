// Lanes of a quad that work on the same four keys or rows: each loads one of them and they hand them round.
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

// What the four lanes loaded, a column each, by swaps: on SwiftShader a broadcast costs seven of them.
fn hand_round(x: vec4f) -> mat4x4f { return mat4x4f(x, quadSwapX(x), quadSwapY(x), quadSwapDiagonal(x)); }
