// matmul_dx_quad — dx = dy W (+ dxa A), a quad of lanes shares its rows of dy.
//
//   dx[t, k] = Σ_o dy[t, o] W[o, k] + Σ_r dxa[t, r] A[r, k]   (+ dx[t, k] before)
//
// group 0   0 dy        read        f32[T, Y]    gradient of the outputs; columns from yColumn are used
//           1 weights   read        [N, K]       frozen, stored type: read along K, no transposed copy
//           2 dxa       read        f32[T, S·R]  gradient of x Aᵀ of the joined adapters, or a dummy
//           3 loraA     read        f32[S·R, K]  or a dummy
//           4 dx        read_write  f32[T, K]
// group 1   0 dims      uniform     Dims         widths in vec4
// writes    overwrite, or accumulate: two variants
// dispatch  (⌈K / 32⌉, ⌈T / (4·QUADS)⌉): one lane 4·QUADS rows × 8 columns, a workgroup is one quad
// unrolled  QUADS: rows a lane / 4, and the 8 outputs of a step (matmul_dx_quad.ts)
// needs     N, Y, yColumn and K multiples of 8
// cost      T·N·K multiply-adds; every variant adds o in the same order
// source    ours
// oracle    src/gpu/reference/matmul.ts

@group(0) @binding(0) var<storage, read> dy8: array<mat2x4f>;
