// window_rows: the row records for layers with a sliding window: of the keys a row sees it keeps the last `window`.
//
//   own = min(ownEnd − ownStart, window)             ownStart' = ownEnd − own
//   pre = min(prefixEnd − prefixStart, window − own) prefixStart' = prefixEnd − pre
//   visibleEnd' = min(visibleEnd, row + window) where only the row's own document sees it; else as it was
//
// Keys of the prefix come right before the own ones, so the last `window` of both are still two ranges.
//
// slot name      access type    unit / range
//   0  rows      read   Row[T]
//   1  windowed  write  Row[T]  everything else copied
// writes   overwrite
// dispatch fold(ceil(T / WG)): one thread a row
// override WG = threads a workgroup
// cost     T
// source   the mask of arXiv:2004.05150, by the rows of this lab; ours
// oracle   src/gpu/reference/windowRows.ts
// joined after shaders/common/row.wgsl
override WG: u32 = 64u;

struct Dims {
  count: u32,  // T
  window: u32, // keys a row sees, its own included; at least 1
}
@group(0) @binding(0) var<storage, read> rows: array<Row>;
@group(0) @binding(1) var<storage, read_write> windowed: array<Row>;

@compute @workgroup_size(WG) fn window_rows(thread: Thread) {
  let t = group_of(thread) * WG + thread.lane;
  if (t < dims.count) {
    var row = rows[t];
    // An idle row's ranges may end before they start: it sees nothing then, as before.
    let own = min(row.ownEnd - min(row.ownStart, row.ownEnd), dims.window);
    let prefix = min(row.prefixEnd - min(row.prefixStart, row.prefixEnd), dims.window - own);
    row.ownStart = row.ownEnd - own;
    row.prefixStart = row.prefixEnd - prefix;
    // Seen from another document, a row is part of a shared prefix: who of them sees it last is not known here.
    if (row.visibleEnd > t && row.visibleEnd <= dims.count) {
      if (rows[row.visibleEnd - 1u].ownStart == rows[t].ownStart) {
        row.visibleEnd = min(row.visibleEnd, t + dims.window);
      }
    }
    windowed[t] = row;
  }
}
