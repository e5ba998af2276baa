// matmul_dx_register — dx = dy W (+ dxa A), a register tile a lane, nothing shared.
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
// dispatch  (⌈K / (8·WX)⌉, ⌈T / (8·WY)⌉): one lane 8 rows × 8 columns, WX · WY = LANES lanes a workgroup
// unrolled  the 8 rows of a lane (matmul_dx_register.ts)
// override  LANES: 8 where rows or columns are few, since lanes that return early cost as much as others in software; else 32
// cost      T·N·K multiply-adds; every variant adds o in the same order
// source    ours
// oracle    src/gpu/reference/matmul.ts

override LANES: u32 = 32u;
