// rms_norm_grad_thread: rms_norm_grad with a thread a row and no barrier, which is slow on a software adapter.
// dx[t,c] += inv[t] · (weight[c]·dy[t,c] − x[t,c] · inv[t]² · sum_k weight[k]·dy[t,k]·x[t,k] / real)
//
// slot name   access type      unit / range
//   0  dy     read   f32[T, C]
//   1  x      read   f32[T, C] the input of rms_norm; columns real … C are 0
//   2  weight read   f32[C]    columns real … C are 0
//   3  inv    read   f32[T]    as rms_norm wrote it
//   4  dx     write  f32[T, C]
// declared in rms_norm_grad_buffers.wgsl
// writes   accumulate
// dispatch fold(ceil(T / ROWS)): one workgroup for ROWS rows
// override ROWS = rows of a workgroup
// unrolled STEP = vec4s a trip, 4 where C/4 is a multiple of 4 and else 1: a trip costs a software adapter half a load
//          (rms_norm_grad_thread.ts)
// cost     4·T·C
// source   derivative of Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"
// oracle   src/gpu/reference/rmsNormGrad.ts
override ROWS: u32 = 16u;
