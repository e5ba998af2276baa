// One token row of a packed batch: where it is, and which keys it may see. Keys are rows of the key/value
// arrays: the batch itself in training, cache slots in decoding.
struct Row {
  token: u32,
  position: u32,      // rotary position inside its document
  kv: u32,            // key/value row this token writes
  ownStart: u32,      // sees keys [ownStart, ownEnd), its own included
  ownEnd: u32,
  prefixStart: u32,   // and [prefixStart, prefixEnd): a shared prefix, or nothing
  prefixEnd: u32,
  visibleEnd: u32,    // as a key it is seen by query rows [own row, visibleEnd) (training only)
}
