// How a lane of the wide attention kernels gets at four keys: each lane of a quad loads one and they hand them round. The
// lanes of a quad must work on the same keys; see keys_alone.wgsl for the same functions without subgroups.
const NONE = 0xffffffffu;
var<private> quadLane: u32;
var<private> keyAt: u32;

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

// Makes keys j … j + 3 current. One that nobody sees may lie past the array or hold anything: `safe` stands in for it.
fn take_keys(j: u32, seen: vec4<bool>, safe: u32, stride: u32, offset: u32) {
  let mine = vec4u(1u, 2u, 4u, 8u) * select(vec4u(0u), vec4u(1u), seen);
  var bits = mine.x | mine.y | mine.z | mine.w;
  bits |= quadSwapX(bits);
  bits |= quadSwapY(bits);
  keyAt = select(safe, j + quadLane, ((bits >> quadLane) & 1u) == 1u) * stride + offset;
}

fn hand_round(x: vec4f) -> mat4x4f {
  return mat4x4f(quadBroadcast(x, 0u), quadBroadcast(x, 1u), quadBroadcast(x, 2u), quadBroadcast(x, 3u));
}

// Vec4 c of the four current keys, a column each.
fn keys(c: u32) -> mat4x4f { return hand_round(k[keyAt + c]); }
fn values(c: u32) -> mat4x4f { return hand_round(v[keyAt + c]); }
