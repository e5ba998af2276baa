"""What PyTorch computes with SmolLM2-135M-Instruct as its GGUF file stores it: the golden file of the real model.

    npx tsx scripts/smollm2/fetch.ts && pip install -r scripts/smollm2/requirements.txt
    python3 scripts/smollm2/golden.py [--base DIR]       (about two minutes on one free core; 3 GB of memory)

The blocks are dequantised with the `gguf` package into the weights of a Hugging Face Llama (llama.cpp stores the rows
of q and k in another order, undone here), which must equal what transformers' own reader makes of the file. Then:

  greedy    three chat prompts, up to 32 tokens, argmax, the end token kept
  text      log-probability and entropy (nats) of every token of one text, aligned with the token they predict
  lora      ten AdamW steps on one fixed batch of three chats (loss on the answers): losses before each step, gradient
            norms before clipping, weights of the first and last adapted module after them
  tokenizer ids of the prompts and chats used, so that a tokenizer built from the file's metadata can be checked

Adapter at the start: B = 0; A by a formula with integers only, see `initial_a`, so that any engine can build it.
Everything is float64 on the dequantised float32 weights (reference.py's exact()), and repeated in float32: the file
says how far float32 is from it. Writes e2e/golden/smollm2/golden.json and lora.safetensors. --base also writes the
dequantised model and its tokenizer as a Hugging Face folder, the base for scripts/golden/check_export.py.
"""

import argparse
import hashlib
import json
import math
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import peft
import tokenizers
import torch
import transformers
from gguf import GGUFReader
from gguf.quants import dequantize
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/golden"))
import reference as ref  # noqa: E402
from generate import write_json  # noqa: E402

FILE = ROOT / ".cache/models/SmolLM2-135M-Instruct.Q4_1.gguf"
OUT = ROOT / "e2e/golden/smollm2"
STEPS, NEW_TOKENS = 10, 32
LORA = {"r": 8, "alpha": 16, "targets": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]}
TRAIN = {"lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.0, "max_grad_norm": 1.0, "schedule": "constant"}

PROMPTS = ["What is the capital of France?", "Why is the sky blue?", "Name three things that float on water."]
TEXT = "The order in which a model meets its examples decides what it can learn from them: 12 of 64 rows were new."
CHATS = [
    ("A cell sends at 23 dBm and the cable loses 4 dB. Power at the antenna?", "23-4=19, so 19 dBm"),
    ("Tom takes 6 tablets of 7 mg. Dose?", "6*7=42, so 42 mg"),
    ("Which colour is the lab's dial?", "It is teal, and it turns with the tokens."),
]

NAMES = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
}


# ---------------------------------------------------------------- the file


def hf_order(weight, heads):
    """llama.cpp interleaves the two halves of each head's rows for rotary; Hugging Face keeps them apart."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def read_file():
    """(config, float32 weights by Hugging Face name, tokenizer, types of tensors in the file)"""
    reader = GGUFReader(FILE)
    value = lambda key: reader.fields[key].contents()
    heads, kv_heads = value("llama.attention.head_count"), value("llama.attention.head_count_kv")
    weights, types = {}, {}
    for t in reader.tensors:
        entry = types.setdefault(t.tensor_type.name, {"tensors": 0, "bytes": 0})
        entry["tensors"] += 1
        entry["bytes"] += int(t.n_bytes)
        data = np.ascontiguousarray(dequantize(t.data, t.tensor_type), dtype=np.float32)
        parts = t.name.split(".")
        if parts[0] == "blk":
            name = f"model.layers.{parts[1]}.{NAMES[parts[2]]}.weight"
            if parts[2] in ("attn_q", "attn_k"):
                data = hf_order(data, heads if parts[2] == "attn_q" else kv_heads)
        else:
            name = {"token_embd": "model.embed_tokens.weight", "output_norm": "model.norm.weight"}[parts[0]]
        weights[name] = torch.from_numpy(data.copy())
    config = LlamaConfig(
        vocab_size=weights["model.embed_tokens.weight"].shape[0], hidden_size=value("llama.embedding_length"),
        intermediate_size=value("llama.feed_forward_length"), num_hidden_layers=value("llama.block_count"),
        num_attention_heads=heads, num_key_value_heads=kv_heads, max_position_embeddings=value("llama.context_length"),
        rms_norm_eps=value("llama.attention.layer_norm_rms_epsilon"), rope_parameters={"rope_type": "default", "rope_theta": value("llama.rope.freq_base")},
        tie_word_embeddings="output.weight" not in {t.name for t in reader.tensors},
        bos_token_id=value("tokenizer.ggml.bos_token_id"), eos_token_id=value("tokenizer.ggml.eos_token_id"), pad_token_id=value("tokenizer.ggml.padding_token_id"),
    )
    return config, weights, make_tokenizer(value), types


def make_tokenizer(value):
    """Byte-level BPE that cuts every digit apart, as `tokenizer.ggml.pre` = smollm means."""
    assert value("tokenizer.ggml.model") == "gpt2" and value("tokenizer.ggml.pre") == "smollm"
    tokens, kinds = value("tokenizer.ggml.tokens"), value("tokenizer.ggml.token_type")
    merges = [tuple(m.split(" ")) for m in value("tokenizer.ggml.merges")]
    tok = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tok.decoder = decoders.ByteLevel()
    tok.add_special_tokens([AddedToken(t, special=True, normalized=False) for t, kind in zip(tokens, kinds) if kind == 3])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tok, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>", clean_up_tokenization_spaces=False
    )
    fast.chat_template = value("tokenizer.chat_template")
    return fast


def build(config, weights, dtype):
    torch.set_default_dtype(dtype)
    model = LlamaForCausalLM(config)
    torch.set_default_dtype(torch.float32)
    missing, unexpected = model.load_state_dict({n: w.to(dtype) for n, w in weights.items()}, strict=False)
    assert missing in ([], ["lm_head.weight"]) and not unexpected, (missing, unexpected)
    model.tie_weights()
    return model.eval()


def check_against_transformers(weights):
    """transformers has a reader of its own: every weight must be the same to the last bit."""
    theirs = AutoModelForCausalLM.from_pretrained(FILE.parent, gguf_file=FILE.name, dtype=torch.float32).state_dict()
    for name, w in weights.items():
        assert torch.equal(theirs[name], w), f"{name} differs from transformers' reading of the file"


# ---------------------------------------------------------------- what is computed


@torch.no_grad()
def greedy(model, prompt, end):
    """(tokens, smallest lead of the first over the second candidate in logits), with a key/value cache."""
    out, lead, past, ids = [], math.inf, None, prompt
    while len(out) < NEW_TOKENS and (not out or out[-1] != end):
        step = model(torch.tensor([ids]), past_key_values=past, use_cache=True)
        past, two = step.past_key_values, step.logits[0, -1].topk(2)
        out.append(int(two.indices[0]))
        lead, ids = min(lead, float(two.values[0] - two.values[1])), out[-1:]
    return out, lead


def initial_a(module, rank, inputs):
    """A of the module-th adapted linear (layer by layer, in each q k v o gate up down): [rank, inputs] float32.

    Entry k in row order: h = (k + 1) * 2654435761 xor (module + 1) * 2246822519, modulo 2^32, then mixed by
    h ^= h >> 16, h *= 2246822507, h ^= h >> 13, h *= 3266489909, h ^= h >> 16; value (h / 2^31 - 1) / sqrt(inputs),
    computed in double and rounded to float32: uniform within the bounds PEFT uses.
    """
    mask = np.uint64(0xFFFFFFFF)
    k = np.arange(1, rank * inputs + 1, dtype=np.uint64)
    h = (k * np.uint64(2654435761)) & mask ^ np.uint64(((module + 1) * 2246822519) & 0xFFFFFFFF)
    for shift, factor in [(16, 2246822507), (13, 3266489909)]:
        h = ((h ^ (h >> np.uint64(shift))) * np.uint64(factor)) & mask
    h ^= h >> np.uint64(16)
    values = (h.astype(np.float64) / 2.0**31 - 1.0) / math.sqrt(inputs)
    return torch.from_numpy(values.astype(np.float32).reshape(rank, inputs))


def with_lora(model, dtype):
    wrapped = get_peft_model(
        model, LoraConfig(task_type="CAUSAL_LM", r=LORA["r"], lora_alpha=LORA["alpha"], target_modules=LORA["targets"], lora_dropout=0.0, bias="none"),
        autocast_adapter_dtype=False,
    )
    parameters = ref.lora_parameters(wrapped)
    for layer in range(wrapped.config.num_hidden_layers):
        for i, target in enumerate(LORA["targets"]):
            (name,) = [n for n in parameters if f".layers.{layer}." in n and f".{target}.lora_A" in n]
            a = parameters[name]
            a.data = initial_a(layer * len(LORA["targets"]) + i, *a.shape).to(dtype)
            parameters[name.replace("lora_A", "lora_B")].data.zero_()
    return wrapped, parameters


def ten_steps(model, docs, masks, dtype):
    wrapped, parameters = with_lora(model, dtype)
    optimizer = torch.optim.AdamW(parameters.values(), lr=TRAIN["lr"], betas=TRAIN["betas"], eps=TRAIN["eps"], weight_decay=TRAIN["weight_decay"])
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = ref.sft_loss(wrapped, docs, masks)
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(parameters.values(), TRAIN["max_grad_norm"])))
        losses.append(float(loss.detach()))
        optimizer.step()
        print(f"  step {len(losses)}: loss {losses[-1]:.4f}", flush=True)
    return losses, norms, {n: p.detach() for n, p in parameters.items()}


def everything(config, weights, dtype, prompts, text_ids, docs, masks):
    model = build(config, weights, dtype)
    runs = [greedy(model, p, config.eos_token_id) for p in prompts]
    with torch.no_grad():
        logp, entropy = ref.token_stats(ref.logits_of(model, text_ids), text_ids)
    losses, norms, adapter = ten_steps(model, docs, masks, dtype)
    return {"runs": runs, "logprobs": logp.double(), "entropy": entropy.double(), "losses": losses, "norms": norms, "adapter": adapter}


def relative(a, b):
    return float((a.double() - b.double()).norm() / b.double().norm())


def sha256(tensor):
    return hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=Path, help="also write the dequantised model as a Hugging Face folder, and stop there")
    args = parser.parse_args()
    torch.set_num_threads(1)
    config, weights, tok, types = read_file()
    if args.base:
        build(config, weights, torch.float32).save_pretrained(args.base)
        tok.save_pretrained(args.base)
        return
    check_against_transformers(weights)

    ids_of = lambda text: tok(text, add_special_tokens=False)["input_ids"]
    chat = lambda prompt: tok.apply_chat_template([{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=False)
    prompts = [ids_of(chat(p)) for p in PROMPTS]
    text_ids = ids_of(TEXT)
    docs = [ids_of(chat(q)) + ids_of(a) + [config.eos_token_id] for q, a in CHATS]
    masks = [[0] * len(ids_of(chat(q))) + [1] * (len(d) - len(ids_of(chat(q)))) for (q, _), d in zip(CHATS, docs)]

    with ref.exact():
        want = everything(config, weights, torch.float64, prompts, text_ids, docs, masks)
    single = everything(config, weights, torch.float32, prompts, text_ids, docs, masks)

    kept = [n for n in want["adapter"] if ".layers.0.self_attn.q_proj." in n or f".layers.{config.num_hidden_layers - 1}.mlp.down_proj." in n]
    worst = lambda name: max(abs(a - b) for a, b in zip(single[name], want[name]))
    result = {
        "format": "golden-smollm2", "version": 1,
        "about": "SmolLM2-135M-Instruct from its GGUF file in PyTorch, float64; made by scripts/smollm2/golden.py, which says what each part is",
        "made_with": {
            "torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "peft": peft.__version__,
            "tokenizers": tokenizers.__version__, "gguf": "0.19.0",
        },
        "file": {"name": FILE.name, "bytes": FILE.stat().st_size, "sha256": hashlib.sha256(FILE.read_bytes()).hexdigest(), "types": types},
        "weights_sha256": {
            "about": "little-endian float32 of the dequantised tensor, rows in Hugging Face's order",
            **{n: sha256(weights[n]) for n in ("model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight", "model.layers.29.self_attn.k_proj.weight", "model.layers.29.mlp.down_proj.weight")},
        },
        "greedy": {
            "max_new_tokens": NEW_TOKENS, "eos_token_id": config.eos_token_id,
            "runs": [
                {"prompt": p, "prompt_ids": i, "tokens": t, "text": tok.decode([x for x in t if x != config.eos_token_id]), "smallest_lead": round(lead, 5)}
                for p, i, (t, lead) in zip(PROMPTS, prompts, want["runs"])
            ],
            "float32_agrees": [a[0] == b[0] for a, b in zip(single["runs"], want["runs"])],
        },
        "text": {
            "text": TEXT, "ids": text_ids, "logprobs": [round(x, 7) for x in want["logprobs"].tolist()], "entropies": [round(x, 7) for x in want["entropy"].tolist()],
            "float32_error": {"logprobs": float((single["logprobs"] - want["logprobs"]).abs().max()), "entropies": float((single["entropy"] - want["entropy"]).abs().max())},
        },
        "lora": {
            **LORA, **TRAIN, "steps": STEPS, "initial_b": "zero", "initial_a": " ".join(initial_a.__doc__.split()),
            "initial_a_sha256": {"0": sha256(initial_a(0, LORA["r"], config.hidden_size)), "209": sha256(initial_a(209, LORA["r"], config.intermediate_size))},
            "chats": [{"prompt": q, "answer": a, "ids": d, "loss_mask": m} for (q, a), d, m in zip(CHATS, docs, masks)],
            "losses": [round(x, 7) for x in want["losses"]], "grad_norms": [round(x, 7) for x in want["norms"]],
            "weights": "lora.safetensors: the first and the last adapted module after the last step; compare by relative L2 norm, since AdamW's first step has full size wherever a gradient is near zero",
            "float32_error": {
                "losses": worst("losses"), "grad_norms": worst("norms"),
                "weights_relative_l2": {n: relative(single["adapter"][n], want["adapter"][n]) for n in kept},
            },
        },
    }
    OUT.mkdir(parents=True, exist_ok=True)
    write_json(OUT / "golden.json", result)
    save_file({n: want["adapter"][n].float().contiguous() for n in kept}, OUT / "lora.safetensors")
    (OUT / "lora.safetensors").chmod(0o644)
    print(json.dumps({"greedy": [r["text"] for r in result["greedy"]["runs"]], "leads": [r["smallest_lead"] for r in result["greedy"]["runs"]],
                      "float32_agrees": result["greedy"]["float32_agrees"], "text": result["text"]["float32_error"], "losses": result["lora"]["losses"],
                      "lora": result["lora"]["float32_error"]}, indent=1))


if __name__ == "__main__":
    main()
