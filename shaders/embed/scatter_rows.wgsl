// scatter_rows: the gradient of gather_rows. Each target row adds up its own source rows, so no atomics are needed.
// dx[t, c] = sum over k = offsets[t] … offsets[t+1] − 1, in that order, of dy[list[k], c]; 0 where there is none.
//
// slot name    access type       unit / range
//   0  dy      read   f32[M, C]
//   1  offsets read   u32[T + 1] ascending, offsets[T] = M
//   2  list    read   u32[M]     rows of dy, grouped by target row
//   3  dx      write  f32[T, C]
// writes   overwrite
// dispatch fold(ceil(T·C/4 / WG)): one thread a vec4 of dx
// override WG = threads a workgroup
// cost     (T + M)·C
// source   transpose of a selection matrix, in compressed-row form
// oracle   src/gpu/reference/scatterRows.ts
override WG: u32 = 64u;

struct Dims {
  count: u32,    // T·C/4
  columns4: u32, // C/4
}
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> offsets: array<u32>;
@group(0) @binding(2) var<storage, read> list: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(WG) fn scatter_rows(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count) {
    let row = at / dims.columns4;
    let column = at % dims.columns4;
    let end = offsets[row + 1u];
    var sum = vec4f(0.0);
    for (var k = offsets[row]; k < end; k++) { sum += dy[list[k] * dims.columns4 + column]; }
    dx[at] = sum;
  }
}
