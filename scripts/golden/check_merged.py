"""Loads an exported merged model with transformers alone, and compares it with PEFT on the base, if both are given.

    python check_merged.py MERGED_DIR [--base BASE_DIR --adapter ADAPTER_DIR] [--prompt TEXT] [--tokens 24] [--limit 0.05]

Exit code 0: config, tokenizer, chat template and every weight load, weights have the type that config.json names, and
greedy tokens are those of base and adapter, logits within `limit` (a weight in bf16 is rounded once by merging).
1: they differ. 2: not loadable.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import torch
import transformers
from peft import PeftModel
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def stop(message):
    print(f"FAIL: {message}")
    sys.exit(2)


def load(folder):
    for needed in ("config.json", "generation_config.json", "tokenizer.json", "model.safetensors"):
        if not (folder / needed).exists():
            stop(f"{needed} is missing")
    with safe_open(folder / "model.safetensors", "pt") as file:
        types = {file.get_slice(name).get_dtype() for name in file.keys()}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model, told = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    except Exception as error:  # whatever transformers objects to is the finding
        stop(f"{type(error).__name__}: {str(error)[:400]}")
    absent = [name for name in told["missing_keys"] if not (model.config.tie_word_embeddings and "lm_head" in name)]
    if absent or told["unexpected_keys"] or told["mismatched_keys"]:
        stop(f"weights: absent {absent[:3]}, unknown {list(told['unexpected_keys'])[:3]}")
    if not tokenizer.chat_template:
        stop("there is no chat template")
    named = json.loads((folder / "config.json").read_text())
    dtype = named.get("dtype", named.get("torch_dtype"))
    print(f"types {sorted(types)}, config.json says {dtype}, ends of turn {model.generation_config.eos_token_id}")
    return model.eval(), tokenizer


@torch.no_grad()
def main(args):
    model, tokenizer = load(args.merged)
    messages = [{"role": "user", "content": args.prompt}]
    ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)["input_ids"]
    options = dict(attention_mask=torch.ones_like(ids), max_new_tokens=args.tokens, do_sample=False, pad_token_id=0)
    new = model.generate(input_ids=ids, **options)[0, ids.shape[1] :]
    print("greedy:", repr(tokenizer.decode(new)))
    if not args.base or not args.adapter:
        return 0
    base = AutoModelForCausalLM.from_pretrained(args.base, dtype=torch.float32)
    peft = PeftModel.from_pretrained(base, args.adapter).float().eval()
    theirs = peft.generate(input_ids=ids, eos_token_id=model.generation_config.eos_token_id, **options)[0, ids.shape[1] :]
    worst = (model(ids).logits - peft(input_ids=ids).logits).abs().max().item()
    with peft.disable_adapter():
        moved = (peft(input_ids=ids).logits - model(ids).logits).abs().max().item()
    same = new.tolist() == theirs.tolist()
    print(f"max |logit difference| from PEFT {worst:.2e} (limit {args.limit:g}), from the base {moved:.2e}; tokens {'same' if same else 'differ'}")
    return 0 if same and worst <= args.limit else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("merged", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--prompt", default="What is 12+7?")
    parser.add_argument("--tokens", type=int, default=24)
    parser.add_argument("--limit", type=float, default=0.05)
    sys.exit(main(parser.parse_args()))
