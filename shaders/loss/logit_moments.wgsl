// logit_moments: the maximum, sum and weighted sum that loss and entropy of a row need, collected tile by tile, so
// that the logits of the whole vocabulary are never in memory at once.
// x = sharpness·logit;  peak = max x;  mass = Σ exp(x − peak);  tilt = Σ (x − peak)·exp(x − peak);  over the tiles seen so far
//
// slot name    access     type         unit / range
//   0  logits  read       f32[M, Vt]   column v is token firstVocab + v; from vocab on: ignored
//   1  targets read       u32[M]
//   2  state   read_write u32[M, 8]    f32 bits of peak, mass, tilt, target's x, best x; best token; 2 spare
// writes   overwrite when dims.first, else merged into what is there
// dispatch fold(ceil(M / (WG / LANES)))
// override WG = threads a workgroup; LANES = threads a row, a power of two dividing WG
// cost     8·M·Vt
// source   Milakov & Gimelshein 2018, "Online normalizer calculation for softmax", with the first moment carried along
// oracle   src/gpu/reference/logitMoments.ts
override WG: u32 = 32u;
override LANES: u32 = 4u;

struct Dims {
  rows: u32,
  width4: u32, // Vt/4
  live: u32,   // columns of this tile that are tokens
  firstVocab: u32,
  first: u32,  // 1 = there is no earlier state
  sharpness: f32, // 1 / temperature, > 0
}
@group(0) @binding(0) var<storage, read> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read_write> state: array<vec4u>;

struct Moments { peak: f32, mass: f32, tilt: f32, best: u32 }
var<workgroup> parts: array<Moments, WG>;

// Sums about two peaks add once both are moved to the higher one. Equal peaks: the lower token is the best.
fn merge(a: Moments, b: Moments) -> Moments {
  let peak = max(a.peak, b.peak);
  let da = a.peak - peak;
  let db = b.peak - peak;
  let sa = exp(da);
  let sb = exp(db);
  let tie = select(b.best, a.best, da == 0.0);
  return Moments(
    peak,
    sa * a.mass + sb * b.mass,
    sa * (a.tilt + da * a.mass) + sb * (b.tilt + db * b.mass),
    select(tie, min(a.best, b.best), da == db),
  );
}

@compute @workgroup_size(WG) fn logit_moments(thread: Thread) {
  let row = group_of(thread) * (WG / LANES) + thread.lane / LANES;
  let lane = thread.lane % LANES;
  let base = row * dims.width4;
  var own = Moments(-1e30, 0.0, 0.0, dims.firstVocab + 4u * lane);
  if (row < dims.rows) {
    for (var c = lane; 4u * c < dims.live; c += LANES) {
      let live = vec4u(4u * c) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.live);
      let x = select(vec4f(-1e30), dims.sharpness * logits[base + c], live);
      let top = max(max(x.x, x.y), max(x.z, x.w));
      if (top > own.peak) {
        let rise = own.peak - top;
        let shrink = exp(rise);
        let at = select(select(select(3u, 2u, x.z == top), 1u, x.y == top), 0u, x.x == top);
        own = Moments(top, shrink * own.mass, shrink * (own.tilt + rise * own.mass), dims.firstVocab + 4u * c + at);
      }
      let below = x - own.peak;
      let e = select(vec4f(0.0), exp(below), live);
      own.mass += dot(e, vec4f(1.0));
      own.tilt += dot(e, below);
    }
  }
  if (LANES > 1u) {
    parts[thread.lane] = own;
    workgroupBarrier();
    for (var stride = LANES / 2u; stride > 0u; stride /= 2u) {
      if (lane < stride) {
        own = merge(own, parts[thread.lane + stride]);
        parts[thread.lane] = own;
      }
      workgroupBarrier();
    }
  }
  if (lane == 0u && row < dims.rows) {
    var wanted = -1e30;
    if (dims.first == 0u) {
      let before = bitcast<vec4f>(state[2u * row]);
      own = merge(Moments(before.x, before.y, before.z, state[2u * row + 1u].y), own);
      wanted = before.w;
    }
    let column = targets[row] - dims.firstVocab; // wraps to a huge number below the tile
    if (column < dims.live) {
      wanted = dims.sharpness * logits[base + column / 4u][column % 4u];
    }
    state[2u * row] = bitcast<vec4u>(vec4f(own.peak, own.mass, own.tilt, wanted));
    state[2u * row + 1u] = vec4u(bitcast<u32>(own.peak), own.best, 0u, 0u);
  }
}
