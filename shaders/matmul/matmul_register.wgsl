// matmul_register — y = x Wᵀ (+ LoRA) (+ bias), a register tile a lane, nothing shared.
//
//   y[t, o] = bias[o] + Σ_k x[t, k] W[o, k] + scale · Σ_r xa[t, r] B[o, r]
//
// group 0   0 x         read        f32[T, K]    activations
//           1 weights   read        [N, K]       frozen, stored type (shaders/common/weights_*.wgsl)
//           2 xa        read        f32[T, S·R]  x Aᵀ for S joined adapters, or a dummy
//           3 loraB     read        f32[N, R]    or a dummy
//           4 bias      read        f32[N]       or a dummy
//           5 y         read_write  f32[T, Y]    columns [yColumn, yColumn + N) are written
// group 1   0 dims      uniform     Dims         widths in vec4
// writes    overwrite
// dispatch  (⌈N / (8·WX)⌉, ⌈T / (8·WY)⌉): one lane 8 rows × 8 columns, WX · WY = LANES lanes a workgroup
// unrolled  the 8 rows of a lane (matmul_register.ts); the adapter's half by what the lane's columns have: none, one or two
// override  LANES: 8 where rows or columns are few, since lanes that return early cost as much as others in software; else 32
// cost      T·N·K multiply-adds; every variant adds k in the same order
// source    ours; the plain path every device has
// oracle    src/gpu/reference/matmul.ts

override LANES: u32 = 32u;
