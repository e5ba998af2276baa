// How a lane of attention_grad_kv_wide gets four query rows: it loads all four itself, which works on every device.
// rows_quad.wgsl has the same functions for devices with subgroups.
var<private> rowAt: vec4u;
var<private> cellAt: vec4u;

// Makes rows i … i + 3 current, the last row in place of those past the end.
fn take_rows(i: u32) { rowAt = min(vec4u(i, i + 1u, i + 2u, i + 3u), vec4u(dims.rows - 1u)); }
fn ranges() -> Ranges { return Ranges(range_of(rowAt.x), range_of(rowAt.y), range_of(rowAt.z), range_of(rowAt.w)); }

// Makes a head of the current rows current.
fn take_head(head: u32) { cellAt = rowAt * dims.heads + head; }
fn lses() -> vec4f { return vec4f(lse[cellAt.x], lse[cellAt.y], lse[cellAt.z], lse[cellAt.w]); }
fn deltas() -> vec4f { return vec4f(delta[cellAt.x], delta[cellAt.y], delta[cellAt.z], delta[cellAt.w]); }

// Vec4 c of the four current rows, a column each.
fn queries(c: u32) -> mat4x4f {
  let at = cellAt * HEAD4 + c;
  return mat4x4f(q[at.x], q[at.y], q[at.z], q[at.w]);
}
fn outs(c: u32) -> mat4x4f {
  let at = cellAt * HEAD4 + c;
  return mat4x4f(dO[at.x], dO[at.y], dO[at.z], dO[at.w]);
}
