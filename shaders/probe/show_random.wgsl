// show_random: what the generator of the token draws gives, to be compared with its twin on the CPU.
//
// slot name     access type       unit / range
//   0  counters read   u32[N, 4]
//   1  words    write  u32[N, 4]  philox of each counter, keyed by its row
//   2  units    write  f32[N, 4]  the words as numbers in (0, 1)
//   3  noise    write  f32[N, 4]  the words as Gumbel noise
// writes   overwrite
// dispatch N
// cost     about 100·N
// source   shaders/common/random.wgsl, which is joined before it
// oracle   src/gpu/reference/random.ts
@group(0) @binding(0) var<storage, read> counters: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> words: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> units: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> noise: array<vec4f>;
@compute @workgroup_size(1)
fn show_random(@builtin(workgroup_id) wg: vec3u) {
  words[wg.x] = philox(counters[wg.x], vec2u(0xa4093822u, wg.x));
  units[wg.x] = unit4(words[wg.x]);
  noise[wg.x] = gumbel4(words[wg.x]);
}
