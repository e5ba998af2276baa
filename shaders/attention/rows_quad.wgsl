// How a lane of attention_grad_kv_wide gets four query rows: each lane of a quad loads one, and they pass them to
// each other. All lanes of a quad must work on the same rows. rows_no_subgroups.wgsl has the same functions without
// subgroups.
var<private> rowAt: u32;
var<private> cellAt: u32;

// Makes rows i … i + 3 current, the last row in place of those past the end.
fn take_rows(i: u32) { rowAt = min(i + quadLane, dims.rows - 1u); }
fn ranges() -> Ranges {
  let r = range_of(rowAt);
  return Ranges(r, quadSwapX(r), quadSwapY(r), quadSwapDiagonal(r));
}

fn spread(x: f32) -> vec4f { return vec4f(x, quadSwapX(x), quadSwapY(x), quadSwapDiagonal(x)); }

// Makes a head of the current rows current.
fn take_head(head: u32) { cellAt = rowAt * dims.heads + head; }
fn lses() -> vec4f { return spread(lse[cellAt]); }
fn deltas() -> vec4f { return spread(delta[cellAt]); }

// Vec4 c of the four current rows, a column each, in order().
fn queries(c: u32) -> mat4x4f { return hand_round(q[cellAt * HEAD4 + c]); }
fn outs(c: u32) -> mat4x4f { return hand_round(dO[cellAt * HEAD4 + c]); }
