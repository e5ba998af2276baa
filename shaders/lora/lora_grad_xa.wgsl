// lora_grad_xa — gradient of x Aᵀ for up to three adapters joined over one input.
//
//   dxa[t, s·R + r] = scale · Σ_{o in segment s} dy[t, o] B[o, r]
//
// group 0   0 dy     read        f32[T, Y]     gradient of the linear's outputs
//           1 loraB  read        f32[N, R]     the joined lora_B
//           2 dxa    read_write  f32[T, S·R]
// group 1   0 dims   uniform     Dims          widths in vec4
// writes    overwrite
// dispatch  (S · ⌈R / 8⌉, ⌈T / 64⌉): one lane 8 rows × 8 columns of one adapter
// unrolled  the 8 rows of a lane (lora_grad_xa.ts)
// cost      T·N·R multiply-adds
// source    ours
// oracle    src/gpu/reference/lora.ts
struct Dims {
  rows: u32,
  rank4: u32,
  sr4: u32,           // S·R / 4
  segment1: u32,      // first output column (vec4) of the second adapter
  segment2: u32,      // … of the third
  n4: u32,
  yStride4: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> loraB: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dxa: array<vec4f>;
