// lora_outer — products of two activations over a chunk of rows: the raw sums behind dA and dB.
//
//   sum[z, r, w] = Σ_{t in chunk z} narrow[t, slot(w)·slotWidth + r] wide[t, w]
//   partial[z, r, w] = sum (dA), or partial[z, w, r] = sum when dims.transposed is 1 (dB)
//
// group 0   0 narrow   read        f32[T, narrowStride]  dxa for dA, xa for dB
//           1 wide     read        f32[T, wideStride]    x for dA, dy for dB
//           2 partial  read_write  f32[Z, R, W] or f32[Z, W, R]
// group 1   0 dims     uniform     Dims                  widths in vec4; segments split w as in the forward matmul
// writes    overwrite
// dispatch  (⌈lanes / 4⌉, ⌈R / 64⌉, Z), lanes = Σ over segments ⌈width / 16⌉: one lane 8 × 16 products
// cost      T·R·W multiply-adds
// source    ours; four rows at a time as one matrix product, so a value loaded meets eight others
// oracle    src/gpu/reference/lora.ts
struct Dims {
  rows: u32,
  chunk: u32,         // rows of one z, a multiple of 4
  narrow4: u32,       // R
  wide4: u32,         // W
  narrowStride4: u32,
  wideStride4: u32,
  segment1: u32,      // w (vec4) from which narrow's second slot is used
  segment2: u32,
  slotWidth4: u32,
  transposed: u32,
}

@group(0) @binding(0) var<storage, read> narrow: array<vec4f>;
@group(0) @binding(1) var<storage, read> wide: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<vec4f>;

// Column c of four rows as a matrix of four columns; rows past the end count as 0 through narrow_block.
fn wide_block(t: u32, c: u32) -> mat4x4f {
  let last = dims.rows - 1u;
  return mat4x4f(
    wide[t * dims.wideStride4 + c], wide[min(t + 1u, last) * dims.wideStride4 + c],
    wide[min(t + 2u, last) * dims.wideStride4 + c], wide[min(t + 3u, last) * dims.wideStride4 + c]);
}

fn narrow_row(t: u32, r: u32) -> vec4f {
  let value = narrow[min(t, dims.rows - 1u) * dims.narrowStride4 + r];
  return select(vec4f(), value, t < dims.rows);
}

// Four r of four rows, turned: column i holds r = i of all four rows.
fn narrow_block(t: u32, r: u32) -> mat4x4f {
  return transpose(mat4x4f(narrow_row(t, r), narrow_row(t + 1u, r), narrow_row(t + 2u, r), narrow_row(t + 3u, r)));
}

// Sums of four r (columns of v) at four w; past the end nothing is stored.
fn store(z: u32, r: u32, w: u32, end: u32, v: mat4x4f) {
  if (r >= dims.narrow4 || w >= end) { return; }
  if (dims.transposed == 1u) {
    let turned = transpose(v);
    let at = (z * dims.wide4 + w) * 4u * dims.narrow4 + r;
    for (var i = 0u; i < 4u; i++) { partial[at + i * dims.narrow4] = turned[i]; }
    return;
  }
  let at = (z * dims.narrow4 + r) * 4u * dims.wide4 + w;
  for (var i = 0u; i < 4u; i++) { partial[at + i * dims.wide4] = v[i]; }
}

@compute @workgroup_size(4, 8)
fn lora_outer(@builtin(global_invocation_id) id: vec3u) {
  // Lanes are dealt out segment by segment, so that a lane never has two slots.
  let lanes0 = (dims.segment1 + 3u) / 4u;
  let lanes1 = (dims.segment2 - dims.segment1 + 3u) / 4u;
  var slot = 0u;
  var w = 4u * id.x;
  var end = dims.segment1;
  if (id.x >= lanes0 + lanes1) {
    slot = 2u;
    w = dims.segment2 + 4u * (id.x - lanes0 - lanes1);
    end = dims.wide4;
  } else if (id.x >= lanes0) {
    slot = 1u;
    w = dims.segment1 + 4u * (id.x - lanes0);
    end = dims.segment2;
  }
  let r = id.y * 2u;
  if (r >= dims.narrow4 || w >= end) { return; }
  let ra = slot * dims.slotWidth4 + r;
  let rb = slot * dims.slotWidth4 + min(r + 1u, dims.narrow4 - 1u);
  let w0 = min(w + 0u, end - 1u);
  let w1 = min(w + 1u, end - 1u);
  let w2 = min(w + 2u, end - 1u);
  let w3 = min(w + 3u, end - 1u);
  var ca = mat4x4f(); var cb = mat4x4f();
  var da = mat4x4f(); var db = mat4x4f();
  var ea = mat4x4f(); var eb = mat4x4f();
  var fa = mat4x4f(); var fb = mat4x4f();
  let stop = min((id.z + 1u) * dims.chunk, dims.rows);
  for (var t = id.z * dims.chunk; t < stop; t += 4u) {
    let a = narrow_block(t, ra);
    let b = narrow_block(t, rb);
    { let v = wide_block(t, w0); ca += v * a; cb += v * b; }
    { let v = wide_block(t, w1); da += v * a; db += v * b; }
    { let v = wide_block(t, w2); ea += v * a; eb += v * b; }
    { let v = wide_block(t, w3); fa += v * a; fb += v * b; }
  }
  var sums = array(ca, da, ea, fa, cb, db, eb, fb);
  for (var i = 0u; i < 8u; i++) { store(id.z, r + i / 4u, w + i % 4u, end, sums[i]); }
}
