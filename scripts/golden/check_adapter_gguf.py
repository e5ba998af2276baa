"""Checks an exported adapter in GGUF against the PEFT folder of the same adapter, and, where llama.cpp's Python package is
installed and a base model is given, in llama.cpp itself.

    python check_adapter_gguf.py ADAPTER.gguf PEFT_DIR [--base BASE_DIR] [--tokens 16]

With the package `gguf`: metadata are llama.cpp's, and every factor has its place, shape and values (heads of q and k in
Llama's row order), scale included. With `llama_cpp` and --base (a Hugging Face folder of Qwen3's family): the base is
written as GGUF in f32, and greedy tokens with the adapter must be PEFT's. Exit code 0: all that was checked holds.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.torch import load_file

NAMES = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output",
         "gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"}


def stop(message):
    print(f"FAIL: {message}")
    sys.exit(1)


def field(reader, key):
    found = reader.get_field(key)
    return None if found is None else found.contents()


def permuted(rows, heads):
    """Rows of a Llama q or k in llama.cpp's order: [head, half, i] becomes [head, i, half]."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def compare(reader, folder, base):
    peft = json.loads((folder / "adapter_config.json").read_text())
    stored = load_file(folder / "adapter_model.safetensors")
    if (field(reader, "general.type"), field(reader, "adapter.type")) != ("adapter", "lora"):
        stop(f"general.type is {field(reader, 'general.type')}, adapter.type {field(reader, 'adapter.type')}")
    architecture = field(reader, "general.architecture")
    rank, alpha = peft["r"], field(reader, "adapter.lora.alpha")
    wanted_scale = peft["lora_alpha"] / (rank**0.5 if peft.get("use_rslora") else rank)
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    for name, value in stored.items():
        layer, linear, factor = re.search(r"layers\.(\d+)\.\w+\.(\w+)\.lora_([AB])", name).groups()
        place = f"blk.{layer}.{NAMES[linear]}.weight.lora_{factor.lower()}"
        if place not in tensors:
            stop(f"{place} is missing")
        values = value.float().numpy()
        if architecture == "llama" and factor == "B" and linear in ("q_proj", "k_proj"):
            values = permuted(values, base["num_attention_heads" if linear == "q_proj" else "num_key_value_heads"])
        found = np.array(tensors.pop(place).data)
        if found.shape != values.shape or not np.array_equal(found, values):
            stop(f"{place} has other values than {name}")
    if tensors:
        stop(f"tensors without a counterpart: {sorted(tensors)[:3]}")
    if abs(alpha / rank - wanted_scale) > 1e-6 * abs(wanted_scale):
        stop(f"scale {alpha / rank}, expected {wanted_scale}")
    print(f"{len(stored)} tensors equal PEFT's, architecture {architecture}, alpha {alpha:g}, rank {rank}")


def write_base(folder, path):
    """A Qwen3 folder as GGUF in f32; its tokenizer as far as llama.cpp needs one to open the file."""
    config = json.loads((folder / "config.json").read_text())
    if config["model_type"] != "qwen3":
        return False
    out = gguf.GGUFWriter(path, "qwen3")
    out.add_block_count(config["num_hidden_layers"])
    out.add_context_length(config["max_position_embeddings"])
    out.add_embedding_length(config["hidden_size"])
    out.add_feed_forward_length(config["intermediate_size"])
    out.add_head_count(config["num_attention_heads"])
    out.add_head_count_kv(config["num_key_value_heads"])
    out.add_key_length(config["head_dim"])
    out.add_value_length(config["head_dim"])
    out.add_rope_freq_base(config["rope_theta"])
    out.add_layer_norm_rms_eps(config["rms_norm_eps"])
    definition = json.loads((folder / "tokenizer.json").read_text())
    tokens = {id: token for token, id in definition["model"]["vocab"].items()}
    special = {added["id"] for added in definition["added_tokens"]}
    tokens |= {added["id"]: added["content"] for added in definition["added_tokens"]}
    size = config["vocab_size"]
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("qwen2")
    out.add_token_list([tokens.get(i, f"<unused{i}>") for i in range(size)])
    out.add_token_types([3 if i in special or i not in tokens else 1 for i in range(size)])
    merges = definition["model"]["merges"]
    out.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    out.add_eos_token_id(config["eos_token_id"])
    fixed = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    block = NAMES | {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
                     "q_norm": "attn_q_norm", "k_norm": "attn_k_norm"}
    for name, value in load_file(folder / "model.safetensors").items():
        stem = name.removesuffix(".weight")
        parts = stem.split(".")
        place = fixed.get(stem) or f"blk.{parts[2]}.{block[parts[-1]]}"
        out.add_tensor(f"{place}.weight", value.float().numpy())
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    return True


def ask_llama_cpp(adapter, folder, base, count):
    try:
        import llama_cpp
    except ImportError:
        print("llama_cpp is not installed: the file was not loaded by llama.cpp")
        return
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with tempfile.TemporaryDirectory() as place:
        path = str(Path(place) / "base.gguf")
        if not write_base(base, path):
            print("the base is no Qwen3: the file was not loaded by llama.cpp")
            return
        model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), folder).eval()
        tokenizer = AutoTokenizer.from_pretrained(base)
        messages = [{"role": "user", "content": "What is 12+7?"}]
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)["input_ids"]
        with torch.no_grad():
            given = torch.tensor([ids])
            theirs = model.generate(input_ids=given, attention_mask=torch.ones_like(given), max_new_tokens=count,
                                    do_sample=False, pad_token_id=0, eos_token_id=-1)[0, len(ids):].tolist()
        answers = {}
        for name, lora in (("base", None), ("adapter", str(adapter))):
            llama = llama_cpp.Llama(model_path=path, lora_path=lora, n_ctx=256, n_threads=2, logits_all=False, verbose=False)
            llama.eval(ids)
            answers[name] = []
            for _ in range(count):
                token = int(np.argmax(llama._scores[-1]))
                answers[name].append(token)
                llama.eval([token])
    if answers["adapter"] != theirs:
        stop(f"llama.cpp with the adapter answers {answers['adapter']}, PEFT {theirs}")
    differs = "others" if answers["base"] != theirs else "the same"
    print(f"llama.cpp {llama_cpp.__version__}: {count} greedy tokens equal PEFT's; the base alone gives {differs}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("adapter", type=Path)
    parser.add_argument("peft", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--tokens", type=int, default=16)
    args = parser.parse_args()
    config = json.loads((args.base / "config.json").read_text()) if args.base else {}
    compare(gguf.GGUFReader(args.adapter), args.peft, config)
    if args.base:
        ask_llama_cpp(args.adapter, args.peft, args.base, args.tokens)
