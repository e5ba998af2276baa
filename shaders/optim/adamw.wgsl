// adamw: one AdamW step on all parameters, in place; nothing changes where status[3] is 0.
// g = grad·status[2];  first += (g − first)·(1 − beta1);  second = beta2·second + (1 − beta2)·g²;
// param = param·(1 − lr·wd) − lr/correction1 · first / (sqrt(second)/sqrt(correction2) + epsilon)
//
// slot name   access type   unit / range
//   0  grad   read   f32[P] P a multiple of 4
//   1  status read   f32[4] from grad_norm: [loss, norm, clip factor, finite]
//   2  param  write  f32[P]
//   3  first  write  f32[P] running mean of g
//   4  second write  f32[P] running mean of g²
// writes   update in place
// dispatch fold(ceil(P/4 / WG)): one thread a vec4
// override WG = threads a workgroup
// cost     10·P
// source   Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", as torch.optim.AdamW rounds it
// oracle   src/gpu/reference/adamw.ts
override WG: u32 = 64u;

struct Dims {
  count4: u32,
  keep: f32,            // 1 − lr·wd
  firstShare: f32,      // 1 − beta1
  beta2: f32,
  secondShare: f32,     // 1 − beta2
  stepSize: f32,        // lr / correction1
  rootCorrection2: f32, // sqrt(correction2)
  epsilon: f32,
}
@group(0) @binding(0) var<storage, read> grad: array<vec4f>;
@group(0) @binding(1) var<storage, read> status: array<f32>;
@group(0) @binding(2) var<storage, read_write> param: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> second: array<vec4f>;

@compute @workgroup_size(WG) fn adamw(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count4 && status[3] != 0.0) {
    let g = grad[at] * status[2];
    let m = first[at] + (g - first[at]) * dims.firstShare;
    let v = second[at] * dims.beta2 + dims.secondShare * g * g;
    first[at] = m;
    second[at] = v;
    param[at] = param[at] * dims.keep - dims.stepSize * (m / (sqrt(v) / dims.rootCorrection2 + dims.epsilon));
  }
}
