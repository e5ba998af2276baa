// GPU bytes by purpose: what planMemory promises and what the page draws.

export interface MemoryReport {
  weights: number;
  adapter: number;
  moments: number;
  activations: number;
  scratch: number;
  cache: number;
}
