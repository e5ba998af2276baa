// Qwen3: like Llama, with a norm of each head's queries and keys.
import { HEAD_NORMS, noGgufWindow, noWindow, PRE_NORMS, type Family } from "../family";

const qwen3: Family = {
  name: "qwen3",
  models: "Qwen3",
  hub: { className: "Qwen3ForCausalLM", modelType: "qwen3", activation: ["hidden_act", "silu"] },
  gguf: { architecture: "qwen3", interleaved: false },
  norms: { ...PRE_NORMS, ...HEAD_NORMS },
  biased: [],
  activation: "silu",
  fromHub: noWindow,
  fromGguf: noGgufWindow,
};

export default qwen3;
