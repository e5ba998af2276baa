// top20: the 20 largest logits of every row, gathered tile by tile.
// state = the 20 largest of (state before, this tile), descending; equal values count as often as they occur
//
// slot name   access     type         unit / range
//   0  logits read       f32[M, Vt]
//   1  state  read_write f32[M, 20]   −1e30 where fewer than 20 were seen
// writes   overwrite when dims.first, else merged into what is there
// dispatch fold(ceil(M / (WG / LANES)))
// override WG = threads a workgroup; LANES = threads a row, a power of two dividing WG
// cost     4·M·Vt
// source   insertion into a sorted run, then pairwise merging; EDCO scores use the 20 largest log-probabilities
// oracle   src/gpu/reference/top20.ts
override WG: u32 = 32u;
override LANES: u32 = 4u;
const KEPT = 20u;

struct Dims {
  rows: u32,
  width4: u32, // Vt/4
  live: u32,   // columns of this tile that are tokens
  first: u32,  // 1 = there is no earlier state
}
@group(0) @binding(0) var<storage, read> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> state: array<f32>;
var<private> kept: array<f32, KEPT>;
var<workgroup> runs: array<f32, WG * KEPT>;

// The newcomer swaps down through the sorted run; what falls out at the end is gone.
fn insert(value: f32) {
  if (value > kept[KEPT - 1u]) {
    var moving = value;
    for (var i = 0u; i < KEPT; i++) {
      let here = kept[i];
      kept[i] = max(here, moving);
      moving = min(here, moving);
    }
  }
}

fn post(thread: u32) {
  for (var i = 0u; i < KEPT; i++) {
    runs[thread * KEPT + i] = kept[i];
  }
}

@compute @workgroup_size(WG) fn top20(thread: Thread) {
  let row = group_of(thread) * (WG / LANES) + thread.lane / LANES;
  let lane = thread.lane % LANES;
  for (var i = 0u; i < KEPT; i++) {
    kept[i] = -1e30;
  }
  if (row < dims.rows) {
    if (lane == 0u && dims.first == 0u) {
      for (var i = 0u; i < KEPT; i++) {
        kept[i] = state[row * KEPT + i];
      }
    }
    for (var c = lane; 4u * c < dims.live; c += LANES) {
      let live = vec4u(4u * c) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.live);
      let x = select(vec4f(-1e30), logits[row * dims.width4 + c], live);
      if (max(max(x.x, x.y), max(x.z, x.w)) > kept[KEPT - 1u]) {
        insert(x.x);
        insert(x.y);
        insert(x.z);
        insert(x.w);
      }
    }
  }
  if (LANES > 1u) {
    post(thread.lane);
    workgroupBarrier();
    for (var stride = LANES / 2u; stride > 0u; stride /= 2u) {
      if (lane < stride) {
        // Both runs descend, so once a value of the other run does not fit, none after it does.
        for (var i = 0u; i < KEPT; i++) {
          let other = runs[(thread.lane + stride) * KEPT + i];
          if (other <= kept[KEPT - 1u]) {
            break;
          }
          insert(other);
        }
        post(thread.lane);
      }
      workgroupBarrier();
    }
  }
  if (lane == 0u && row < dims.rows) {
    for (var i = 0u; i < KEPT; i++) {
      state[row * KEPT + i] = kept[i];
    }
  }
}
