// grad_norm: joins the partial norms and decides how far to clip and whether the step may be taken.
// status = [loss, norm, clipNorm > 0 ? min(1, clipNorm / (norm + 1e-6)) : 1, loss and norm finite ? 1 : 0];
// the factor is 0 where the step may not be taken
//
// slot name     access type   unit / range
//   0  partials read   f32[G] from grad_norm_partial, read as bits
//   1  loss     read   f32[1] nats; read as bits
//   2  status   write  f32[4] written as bits
// writes   overwrite
// dispatch (1)
// override LANES = threads of the workgroup; each takes every LANES-th norm, thread 0 joins theirs in order
// cost     2·G
// source   torch.nn.utils.clip_grad_norm_
// oracle   src/gpu/reference/gradNorm.ts
// joined after shaders/common/finite_norm.wgsl
override LANES: u32 = 64u;

struct Dims {
  count: u32,    // G
  clipNorm: f32, // 0 = no clipping
}
@group(0) @binding(0) var<storage, read> partials: array<u32>;
@group(0) @binding(1) var<storage, read> loss: array<u32>;
@group(0) @binding(2) var<storage, read_write> status: array<vec4u>;

var<workgroup> norms: array<u32, LANES>;

@compute @workgroup_size(LANES)
fn grad_norm(@builtin(local_invocation_index) lane: u32) {
  var exponent = 0u;
  for (var i = lane; i < dims.count; i += LANES) { exponent = max(exponent, top_exponent(vec4u(partials[i]))); }
  let down = down_scale(exponent);
  var squares = 0.0;
  for (var i = lane; i < dims.count; i += LANES) {
    let v = bitcast<f32>(partials[i]) * down;
    squares += v * v;
  }
  norms[lane] = finite_norm(exponent, squares);
  workgroupBarrier();
  if (lane == 0u) {
    var top = 0u;
    for (var i = 0u; i < LANES; i++) { top = max(top, top_exponent(vec4u(norms[i]))); }
    let scale = down_scale(top);
    var sum = 0.0;
    for (var i = 0u; i < LANES; i++) {
      let v = bitcast<f32>(norms[i]) * scale;
      sum += v * v;
    }
    let norm = finite_norm(top, sum);
    let finite = norm != NOT_FINITE && top_exponent(vec4u(loss[0])) != 255u;
    var factor = 0.0;
    if (finite) {
      factor = 1.0;
      if (dims.clipNorm > 0.0) { factor = min(1.0, dims.clipNorm / (bitcast<f32>(norm) + 1e-6)); }
    }
    status[0] = vec4u(loss[0], norm, bitcast<u32>(factor), bitcast<u32>(select(0.0, 1.0, finite)));
  }
}
