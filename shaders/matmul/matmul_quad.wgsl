// matmul_quad — y = x Wᵀ (+ LoRA) (+ bias), a quad of lanes shares its rows of x.
//
//   y[t, o] = bias[o] + Σ_k x[t, k] W[o, k] + scale · Σ_r xa[t, r] B[o, r] (+ residual[t, o])
//
// group 0   0 x         read        f32[T, K]    activations
//           1 weights   read        [N, K]       frozen, stored type (shaders/common/weights_*.wgsl)
//           2 xa        read        f32[T, S·R]  x Aᵀ for S joined adapters, or a dummy
//           3 loraB     read        f32[N, R]    or a dummy
//           4 bias      read        f32[N]       or a dummy
//           5 y         read_write  f32[T, Y]    columns [yColumn, yColumn + N) are written
//           6 residual  read        f32[T, N]    or a dummy; then yColumn = 0, Y = N
// group 1   0 dims      uniform     Dims         widths in vec4
// writes    overwrite
// dispatch  (⌈N / 32⌉, ⌈T / (4·QUADS)⌉): one lane 4·QUADS rows × 8 columns, a workgroup is one quad
// unrolled  QUADS: rows a lane / 4, and its 8 columns (matmul_quad.ts)
// needs     K a multiple of 8; adapters that begin at multiples of 32, so that a quad has one of them
// cost      T·N·K multiply-adds; every variant adds k in the same order
// source    ours; needs subgroups; works at any subgroup size ≥ 4 because it only exchanges inside quads
// oracle    src/gpu/reference/matmul.ts

@group(0) @binding(0) var<storage, read> x8: array<mat2x4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
