// lora_sum — adds the chunks of lora_outer into a parameter gradient, in order.
//
//   grad[i] += scale · Σ_z partial[z, i]
//
// group 0   0 partial  read        f32[Z, P]
//           1 grad     read_write  f32[P]
// group 1   0 dims     uniform     Dims
// writes    accumulate
// dispatch  (⌈P/4 / 64⌉)
// source    ours
// oracle    src/gpu/reference/lora.ts
struct Dims { count4: u32, chunks: u32, scale: f32 }

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> grad: array<vec4f>;

@compute @workgroup_size(64)
fn lora_sum(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= dims.count4) { return; }
  var sum = vec4f();
  for (var z = 0u; z < dims.chunks; z++) { sum += partial[z * dims.count4 + i]; }
  grad[i] += dims.scale * sum;
}
