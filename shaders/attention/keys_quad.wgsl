// How a lane of the wide attention kernels gets four keys: each lane of a quad loads one, and they pass them to
// each other. All lanes of a quad must work on the same keys. keys_no_subgroups.wgsl has the same functions without
// subgroups.
var<private> keyAt: u32;

// Makes keys j … j + 3 current. One that nobody sees may lie past the array or hold anything: `safe` stands in for it.
fn take_keys(j: u32, seen: vec4<bool>, safe: u32, stride: u32, offset: u32) {
  let mine = select(vec4u(0u), vec4u(1u) << order(), seen);
  var bits = mine.x | mine.y | mine.z | mine.w;
  bits |= quadSwapX(bits);
  bits |= quadSwapY(bits);
  keyAt = select(safe, j + quadLane, ((bits >> quadLane) & 1u) == 1u) * stride + offset;
}

// Vec4 c of the four current keys, a column each, in order().
fn keys(c: u32) -> mat4x4f { return hand_round(k[keyAt + c]); }
fn values(c: u32) -> mat4x4f { return hand_round(v[keyAt + c]); }
