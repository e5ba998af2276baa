// Exchange between the threads (lanes) of a workgroup that share one row: each gives a value, and all get the same sum or
// maximum. The kernel sets `lane`; LANES is its workgroup size.
override LANES: u32 = 8u;
var<workgroup> exchange: array<vec4f, 2 * LANES>;
var<private> exchangeHalf: u32;
var<private> lane: u32;

// Writes the value of each lane into the exchange buffer; after the barrier all lanes can read all values. The two halves of
// the buffer alternate: before one is written again, all lanes have passed the barrier of the other, so nobody still reads
// it. One barrier per exchange, in uniform control flow only.
fn post(own: vec4f) -> u32 {
  let start = exchangeHalf * LANES;
  exchangeHalf = 1u - exchangeHalf;
  exchange[start + lane] = own;
  workgroupBarrier();
  return start;
}

// Sum over the lanes, in the same order for each of them, so that all get the same bits.
fn total(own: vec4f) -> vec4f {
  let start = post(own);
  var sum = vec4f(0.0);
  for (var i = 0u; i < LANES; i++) {
    sum += exchange[start + i];
  }
  return sum;
}

struct Best { value: f32, index: u32 }

// Largest value, the lowest index of equals. Indices travel as floats: exact below 2²⁴.
fn winner(own: Best) -> Best {
  let start = post(vec4f(own.value, f32(own.index), 0.0, 0.0));
  var best = Best(exchange[start].x, u32(exchange[start].y));
  for (var i = 1u; i < LANES; i++) {
    let other = Best(exchange[start + i].x, u32(exchange[start + i].y));
    if (other.value > best.value || (other.value == best.value && other.index < best.index)) {
      best = other;
    }
  }
  return best;
}

// `best` or the largest of x, columns 4c … 4c + 3. Seen in rising order, `>` keeps the lowest of equals.
fn better(best: Best, x: vec4f, c: u32) -> Best {
  let top = max(max(x.x, x.y), max(x.z, x.w));
  let at = select(select(select(3u, 2u, x.z == top), 1u, x.y == top), 0u, x.x == top);
  if (top > best.value) {
    return Best(top, 4u * c + at);
  }
  return best;
}
