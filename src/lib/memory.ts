// GPU memory in bytes by purpose: the type that planMemory returns and the page draws.

export interface MemoryReport {
  weights: number;
  adapter: number;
  moments: number;
  activations: number;
  scratch: number;
  cache: number;
}
