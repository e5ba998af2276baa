// head_grad: replaces a tile of logits by the gradient of the loss with respect to them.
// d x_v = s·(gLogp·(1[v = target] − p_v) − gH·p_v·(ln p_v + H))   with p_v = exp(s·x_v − lse), s = sharpness
//
// slot name    access     type        unit / range
//   0  logits  read_write f32[M, Vt]  column v is token firstVocab + v
//   1  stats   read       f32[M, 4]   from head_finish: entropy H (nats) and lse are used
//   2  targets read       u32[M]
//   3  grads   read       f32[M, 2]   gLogp, gH
// writes   overwrite; columns from vocab on become 0, and so do rows whose gLogp and gH are both 0
// dispatch fold(ceil(M / (WG / LANES)))
// override WG = threads a workgroup; LANES = threads a row
// cost     8·M·Vt
// source   derivatives of log-softmax and of its entropy
// oracle   src/gpu/reference/headGrad.ts
override WG: u32 = 32u;
override LANES: u32 = 4u;

struct Dims {
  rows: u32,
  width4: u32, // Vt/4
  live: u32,   // columns of this tile that are tokens
  firstVocab: u32,
  sharpness: f32, // 1 / temperature, as logit_moments had it
}
@group(0) @binding(0) var<storage, read_write> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read> stats: array<vec4f>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read> grads: array<vec2f>;

@compute @workgroup_size(WG) fn head_grad(thread: Thread) {
  let row = group_of(thread) * (WG / LANES) + thread.lane / LANES;
  if (row < dims.rows) {
    let entropy = stats[row].y;
    let lse = stats[row].z;
    let target4 = vec4u(targets[row] - dims.firstVocab); // wraps to a huge number below the tile
    let g = grads[row];
    let asleep = g.x == 0.0 && g.y == 0.0;
    for (var c = thread.lane % LANES; c < dims.width4; c += LANES) {
      let at = row * dims.width4 + c;
      let column = vec4u(4u * c) + vec4u(0u, 1u, 2u, 3u);
      var d = vec4f(0.0);
      if (!asleep) {
        let logp = dims.sharpness * logits[at] - lse;
        let hit = select(vec4f(0.0), vec4f(g.x), column == target4);
        let value = hit - exp(logp) * (g.x + g.y * (logp + entropy));
        d = select(vec4f(0.0), dims.sharpness * value, column < vec4u(dims.live));
      }
      logits[at] = d;
    }
  }
}
