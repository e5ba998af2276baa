// gather_rows: picks rows by number.
// y[m, c] = x[index[m], c]; an index ≥ T gives a row of zeros.
//
// slot name  access type       unit / range
//   0  x     read   f32[T, C]
//   1  index read   u32[M]     row numbers, repeats allowed
//   2  y     write  f32[M, C]
// writes   overwrite
// dispatch fold(ceil(M·C/4 / WG)): one thread a vec4 of y
// override WG = threads a workgroup
// cost     M·C
// source   a row lookup; scatter_rows is its adjoint
// oracle   src/gpu/reference/gatherRows.ts
override WG: u32 = 64u;

struct Dims {
  count: u32,    // M·C/4
  columns4: u32, // C/4
  rows: u32,     // T
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WG) fn gather_rows(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count) {
    let row = index[at / dims.columns4];
    var value = vec4f(0.0);
    if (row < dims.rows) { value = x[row * dims.columns4 + at % dims.columns4]; }
    y[at] = value;
  }
}
