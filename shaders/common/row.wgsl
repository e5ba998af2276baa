// The record of one token row in a packed batch: where it is, and which keys it may attend to. Keys are rows of the
// key and value arrays: of the batch itself in training, of the cache's slots in decoding.
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
