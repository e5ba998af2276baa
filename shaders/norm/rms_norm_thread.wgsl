// rms_norm_thread: rms_norm with one thread per row, without barriers, which are slow on a software adapter
// (src/gpu/kernels/rowLanes.ts).
// inv[t] = 1 / sqrt(sum_c x[t,c]² / real + eps);  y[t,c] = x[t,c] · inv[t] · weight[c]
//
// slot name   access type      unit / range
//   0  x      read   f32[T, C] columns real … C are 0
//   1  weight read   f32[C]    columns real … C are 0
//   2  y      write  f32[T, C]
//   3  inv    write  f32[T]    kept for the gradient
// declared in rms_norm_buffers.wgsl
// writes   overwrite
// dispatch fold(ceil(T / ROWS)): one workgroup for ROWS rows
// override ROWS = rows of a workgroup
// unrolled STEP = vec4s a trip, 4 where C/4 is a multiple of 4 and else 1: a trip costs a software adapter half a load
//          (rms_norm_thread.ts)
// cost     2·T·C
// source   Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"
// oracle   src/gpu/reference/rmsNorm.ts
override ROWS: u32 = 16u;
