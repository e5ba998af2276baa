// Qwen2 and Qwen2.5: like Llama, with biases on queries, keys and values.
import { noGgufWindow, noWindow, PRE_NORMS, type Family } from "../family";

const qwen2: Family = {
  name: "qwen2",
  models: "Qwen2 and 2.5",
  hub: { className: "Qwen2ForCausalLM", modelType: "qwen2", activation: ["hidden_act", "silu"] },
  gguf: { architecture: "qwen2", interleaved: false },
  norms: PRE_NORMS,
  biased: ["q_proj", "k_proj", "v_proj"],
  activation: "silu",
  fromHub: noWindow,
  fromGguf: noGgufWindow,
};

export default qwen2;
