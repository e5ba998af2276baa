// The next four keys that at least one of a lane's four rows sees; shared by the wide kernels that loop over keys.
const NONE = 0xffffffffu;

// Which of the four keys each of the four rows sees.
struct Seen { a: vec4<bool>, b: vec4<bool>, c: vec4<bool>, d: vec4<bool> }
fn seen_by(j: u32, start: vec4u, end: vec4u) -> Seen {
  let key = j + order();
  return Seen(
    (key >= start.xxxx) & (key < end.xxxx), (key >= start.yyyy) & (key < end.yyyy),
    (key >= start.zzzz) & (key < end.zzzz), (key >= start.wwww) & (key < end.wwww));
}

// First key from `at` on that some row sees, or NONE.
fn next(at: u32, start: vec4u, end: vec4u) -> u32 {
  let n = select(vec4u(NONE), max(vec4u(at), start), vec4u(at) < end);
  return quad_least(min(min(n.x, n.y), min(n.z, n.w)));
}
