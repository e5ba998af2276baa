// How a lane of the wide attention kernels gets four keys: it loads all four itself, which works on every device.
// keys_quad.wgsl has the same functions for devices with subgroups.
var<private> keyAt: vec4u;

// Makes keys j … j + 3 current. One that nobody sees may lie past the array or hold anything: `safe` stands in for it.
fn take_keys(j: u32, seen: vec4<bool>, safe: u32, stride: u32, offset: u32) {
  keyAt = select(vec4u(safe), j + vec4u(0u, 1u, 2u, 3u), seen) * stride + offset;
}

// Vec4 c of the four current keys, a column each.
fn keys(c: u32) -> mat4x4f { return mat4x4f(k[keyAt.x + c], k[keyAt.y + c], k[keyAt.z + c], k[keyAt.w + c]); }
fn values(c: u32) -> mat4x4f { return mat4x4f(v[keyAt.x + c], v[keyAt.y + c], v[keyAt.z + c], v[keyAt.w + c]); }
