// bench_load: sixteen vec4 loads per iteration, neighbouring lanes reading neighbouring vec4s; the sum is written
// so that the compiler cannot remove the loads.
struct Dims { count: u32, iterations: u32 }
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> to: array<vec4f>;
@compute @workgroup_size(64)
fn bench_load(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f();
  for (var t = 0u; t < dims.iterations; t++) {
    let at = (t & 15u) * dims.count + id.x;
    sum += source[at] + source[at + dims.count] + source[at + 2u * dims.count] + source[at + 3u * dims.count];
    sum += source[at + 4u * dims.count] + source[at + 5u * dims.count] + source[at + 6u * dims.count] + source[at + 7u * dims.count];
    sum += source[at + 8u * dims.count] + source[at + 9u * dims.count] + source[at + 10u * dims.count] + source[at + 11u * dims.count];
    sum += source[at + 12u * dims.count] + source[at + 13u * dims.count] + source[at + 14u * dims.count] + source[at + 15u * dims.count];
  }
  if (id.x < dims.count) { to[id.x] = sum; }
}
