// qkv_rope_turn: the rotation of one head, for the forms of qkv_rope and its gradient that take any width. The kernel says
// what is turned: fn taken(head: Head, column: u32) -> vec4f.

// The head a thread works on.
struct Head {
  at: u32,        // its first vec4 in what is turned
  table: u32,     // its position's first vec4 in the table
  isQuery: bool,
  factor: f32,    // of the norm
}

// A column turned by its angle (way 1), or turned back (way −1).
fn turned(head: Head, column: u32, way: f32) -> vec4f {
  let half = dims.headDim / 2u;
  let half4 = (half + 3u) / 4u;
  if (dims.headDim % 8u == 0u) {
    let low = column < half4;
    let pair = select(column - half4, column, low);
    let partner = select(pair, column + half4, low);
    let sine = table[head.table + half4 + pair] * select(way, -way, low);
    return taken(head, column) * table[head.table + pair] + taken(head, partner) * sine;
  }
  // Half a head is not whole vec4s: entry by entry (small test models only).
  var y = vec4f(0.0);
  for (var e = 0u; e < 4u; e++) {
    let i = 4u * column + e;
    if (i < dims.headDim) {
      let low = i < half;
      let pair = select(i - half, i, low);
      let partner = select(pair, i + half, low);
      let cosine = table[head.table + pair / 4u][pair % 4u];
      let sine = table[head.table + half4 + pair / 4u][pair % 4u] * select(way, -way, low);
      y[e] = taken(head, column)[e] * cosine + taken(head, partner / 4u)[partner % 4u] * sine;
    }
  }
  return y;
}
