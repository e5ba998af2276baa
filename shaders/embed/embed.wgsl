// embed: copies each token's row out of the embedding table, decoding the stored type and scaling it.
// x[t, c] = scale · table[rows[t].token − firstRow, c] where that row is in this shard; other rows of x stay as they are.
//
// slot name    access type        unit / range
//   0  rows    read   Row[T]      token ids; only .token is used
//   1  weights read   table[R, S] one shard, stored as f32, bf16, f16, int8 or int4 (shaders/common/weights_*.wgsl)
//   2  x       write  f32[T, C]   C ≤ S
// writes   overwrite, only rows whose token is in firstRow … firstRow + R
// dispatch fold(ceil(T·C/4 / WG)): one thread a vec4 of x
// override WG = threads a workgroup
// cost     T·C
// source   a table lookup; shards are dispatched one after the other
// oracle   src/gpu/reference/embed.ts
// joined after shaders/common/row.wgsl and one shaders/common/weights_*.wgsl
override WG: u32 = 64u;

struct Dims {
  count: u32,     // T·C/4
  columns4: u32,  // C/4
  stride4: u32,   // S/4
  firstRow: u32,
  shardRows: u32, // R
  scale: f32,     // 1 where the model does not scale its embeddings
}
@group(0) @binding(0) var<storage, read> rows: array<Row>;
@group(0) @binding(2) var<storage, read_write> x: array<vec4f>;

@compute @workgroup_size(WG) fn embed(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count) {
    // A token below firstRow wraps round to a huge number, so one comparison tests both ends.
    let row = rows[at / dims.columns4].token - dims.firstRow;
    if (row < dims.shardRows) {
      x[at] = dims.scale * weight4(row * dims.stride4 + at % dims.columns4);
    }
  }
}
