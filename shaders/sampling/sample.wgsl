// sample: the next token of every slot, with what the untouched distribution thought of it; then the slot moves on.
// token = argmax over the kept of x/T + gumbel(seed, key, rollout, emitted, token);  T = 0: argmax x, lowest of equals
// kept: the topK largest, of those the ones with (mass of exp(x/T) strictly above) < topP · mass of the topK.
// Equal logits share their fate, so ties at an edge may keep more than topK.
//
// slot name   access     type              unit / range
//   0  logits read       f32[B, Vs]
//   1  stops  read       u32[S]            tokens that end a sequence
//   2  rows   read_write Row[B]            the row each slot feeds to the model next
//   3  slots  read_write u32[B, 4]         key, rollout, emitted, done
//   4  out    write      u32[steps, B, 4]  token, f32 bits of logprob, entropy (nats), top-20 entropy (bits) or 0
// writes   row `step` of out; a slot that is done gets token 0xffffffff there and keeps its row and slot
// dispatch fold(B): one workgroup a slot
// override LANES = threads a slot
// cost     B·Vs·(40, + 16·8 a cut)
// source   Gumbel-max trick; top-k (Fan et al. 2018); nucleus (Holtzman et al. 2020)
// oracle   src/gpu/reference/sample.ts
const STREAM = 0x73616d70u; // second word of the generator's key: these draws and no others

struct Dims {
  width4: u32, // Vs/4
  vocab: u32,
  count: u32,  // B
  step: u32,
  stopCount: u32,
  maxNew: u32,
  seed: u32,
  topK: u32,      // 0 = off
  topP: f32,      // 1 = off
  sharpness: f32, // 1/T; 0 = greedy
  wantTop20: u32,
}
@group(0) @binding(0) var<storage, read> logits: array<vec4f>;
@group(0) @binding(1) var<storage, read> stops: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<Row>;
@group(0) @binding(3) var<storage, read_write> slots: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4u>;

struct Edges { kept: f32, twentieth: f32 }

// Lowest logit that top-k and nucleus keep, and the lowest of the 20 largest where they are asked for. All three are cut by
// the same code in turn: three copies of it would take a third of the kernel's compile time each.
fn edges() -> Edges {
  var kept = LOWEST;
  var twentieth = LOWEST;
  var ask = 0u; // 0: the 20 largest, 1: top-k, 2: nucleus
  loop {
    let draws = dims.sharpness > 0.0;
    let wanted = vec3<bool>(dims.wantTop20 == 1u, draws && dims.topK > 0u, draws && dims.topP < 1.0);
    if ((ask == 0u && wanted.x) || (ask == 1u && wanted.y) || (ask == 2u && wanted.z)) {
      var limit = select(f32(dims.topK), 20.0, ask == 0u);
      if (ask == 2u) {
        var mass = 0.0;
        for (var c = lane; 4u * c < vocab; c += LANES) {
          let x = row4(c);
          mass += dot(exp((x - peak) * dims.sharpness), vec4f(x >= vec4f(value(kept))));
        }
        limit = dims.topP * total(vec4f(mass)).x;
      }
      let edge = cut(kept, ask == 2u, dims.sharpness, limit);
      if (ask == 0u) { twentieth = edge; } else { kept = edge; }
    }
    continuing { ask++; break if ask > 2u; }
  }
  return Edges(value(kept), value(twentieth));
}

// Gumbel-max over the kept: one generator call gives the noise of four neighbouring tokens.
fn draw(slot: vec4u, edge: f32) -> Best {
  var best = Best(-3e38, vocab - 1u);
  for (var c = lane; 4u * c < vocab; c += LANES) {
    let x = row4(c);
    let kept = (x >= vec4f(edge)) & (columns4(c) < vec4u(vocab));
    if (any(kept)) {
      let noise = gumbel4(philox(vec4u(c, slot.z, slot.y, slot.x), vec2u(dims.seed, STREAM)));
      best = better(best, select(vec4f(-3e38), (x - peak) * dims.sharpness + noise, kept), c);
    }
  }
  return winner(best);
}

@compute @workgroup_size(LANES)
fn sample(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let folded = wg.x + wg.y * groups.x;
  let b = min(folded, dims.count - 1u); // a workgroup past the end repeats the last slot and writes nothing
  let slot = slots[b];
  lane = thread;
  vocab = dims.vocab;
  firstVec4 = b * dims.width4;
  var best = Best(-3e38, vocab - 1u);
  for (var c = lane; 4u * c < vocab; c += LANES) {
    best = better(best, row4(c), c);
  }
  best = winner(best);
  peak = best.value;
  var sums = vec4f(0.0); // mass and first moment about the peak
  for (var c = lane; 4u * c < vocab; c += LANES) {
    let below = row4(c) - peak;
    let e = exp(below);
    sums += vec4f(dot(e, vec4f(1.0)), dot(e, below), 0.0, 0.0);
  }
  sums = total(sums);
  let edge = edges();
  var bits = 0.0;
  if (dims.wantTop20 == 1u) {
    bits = top20_entropy(edge.twentieth);
  }
  if (dims.sharpness > 0.0) {
    best = draw(slot, edge.kept);
  }
  storageBarrier(); // every lane has read its slot before it changes
  if (lane == 0u && folded < dims.count) {
    let at = dims.step * dims.count + b;
    out[at] = vec4u(0xffffffffu, 0u, 0u, 0u);
    if (slot.w == 0u) {
      let token = best.index;
      let logMass = log(sums.x);
      let logprob = logits[firstVec4 + token / 4u][token % 4u] - peak - logMass;
      let entropy = logMass - sums.y / sums.x;
      // Rounding may leave −1e-7 on a certain row. A comparison, not max: a NaN has to stay one.
      let known = select(entropy, 0.0, entropy < 0.0);
      out[at] = vec4u(token, bitcast<vec3u>(vec3f(logprob, known, bits)));
      var done = slot.z + 1u >= dims.maxNew;
      for (var s = 0u; s < dims.stopCount; s++) {
        done = done || stops[s] == token;
      }
      slots[b] = vec4u(slot.xy, slot.z + 1u, select(0u, 1u, done));
      rows[b].token = token;
      rows[b].position += 1u;
      rows[b].kv += 1u;
      rows[b].ownEnd += 1u;
    }
  }
}
