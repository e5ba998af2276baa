// Llama 3 and models with its architecture, such as SmolLM2: two norms per block, no biases, SwiGLU.
import { fullAttentionOnly, noGgufWindow, PRE_NORMS, type Family } from "../family";

const llama: Family = {
  name: "llama",
  models: "Llama 3, SmolLM2",
  hub: { className: "LlamaForCausalLM", modelType: "llama", activation: ["hidden_act", "silu"] },
  // llama.cpp's rotary for this family turns neighbours, Hugging Face's and ours turns halves.
  gguf: { architecture: "llama", interleaved: true },
  norms: PRE_NORMS,
  biased: [],
  activation: "silu",
  fromHub: fullAttentionOnly,
  fromGguf: noGgufWindow,
};

export default llama;
