"""Do the lab and PyTorch draw the same answers in distribution? One adapter, one pool, n answers a prompt from both.

    npm run lab -- run WARM.json --out RUN          # any run; here 40 supervised steps on comm
    python3 scripts/base-model/compare_rollouts.py prompts comm 8 > PROMPTS.jsonl
    npm run lab -- generate WARM.json --adapter RUN/adapter --prompts PROMPTS.jsonl --out ANSWERS.jsonl \
        --temperature 1 --max-new-tokens 36
    python3 scripts/base-model/compare_rollouts.py compare comm 8 RUN/adapter ANSWERS.jsonl

Prints mean reward, mean reward variance and share of prompts without variance of both, and the paired differences
with their standard errors over prompts. Needs torch, transformers and peft (scripts/golden/requirements.txt).
"""

import json
import math
import statistics
import sys

from generate_data import reward
from paths import CHECKPOINT, POOLS

MAX_NEW = 36
BATCH = 16


def rows_of(pool):
    return [json.loads(line) for line in open(POOLS / f"{pool}_train.jsonl")]


def draw(rows, n, adapter):
    """n answers a prompt from PyTorch, as texts."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(3)
    tok = AutoTokenizer.from_pretrained(CHECKPOINT, padding_side="left")
    tok.pad_token = tok.pad_token or tok.eos_token
    base = AutoModelForCausalLM.from_pretrained(CHECKPOINT, dtype=torch.float32)
    model = PeftModel.from_pretrained(base, adapter).eval()
    texts = []
    with torch.no_grad():
        for at in range(0, len(rows), BATCH):
            chats = [[{"role": "user", "content": row["prompt"]}] for row in rows[at : at + BATCH]]
            prompts = [tok.apply_chat_template(c, tokenize=False, add_generation_prompt=True) for c in chats]
            batch = tok(prompts, return_tensors="pt", padding=True, add_special_tokens=False)
            out = model.generate(
                input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], do_sample=True, temperature=1.0,
                top_p=1.0, top_k=0, max_new_tokens=MAX_NEW, num_return_sequences=n, pad_token_id=tok.pad_token_id,
            )
            found = tok.batch_decode(out[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
            texts += [found[i * n : (i + 1) * n] for i in range(len(chats))]
    return texts


def measure(name, rows, texts):
    rewards = [[float(reward(text, row["answer"])) for text in own] for row, own in zip(rows, texts)]
    variances = [statistics.pvariance(own) for own in rewards]
    means = [statistics.fmean(own) for own in rewards]
    dead = statistics.fmean(v == 0 for v in variances)
    print(f"{name}: reward {statistics.fmean(means):.3f}, variance {statistics.fmean(variances):.4f}, without variance {dead:.1%}")
    return means, variances


def paired(name, ours, theirs):
    gaps = [a - b for a, b in zip(ours, theirs)]
    print(f"lab - PyTorch, {name}: {statistics.fmean(gaps):+.4f} ± {statistics.stdev(gaps) / math.sqrt(len(gaps)):.4f} ({len(gaps)} prompts)")


def main(what, pool, n, *rest):
    rows, n = rows_of(pool), int(n)
    if what == "prompts":
        for _ in range(n):
            for row in rows:
                print(json.dumps({"prompt": row["prompt"]}))
        return
    adapter, answers = rest
    written = [json.loads(line)["text"] for line in open(answers)]
    ours = [[written[k * len(rows) + i] for k in range(n)] for i in range(len(rows))]
    lab, torch_ = measure("lab", rows, ours), measure("PyTorch", rows, draw(rows, n, adapter))
    for name, a, b in zip(["reward", "variance"], lab, torch_):
        paired(name, a, b)


main(*sys.argv[1:])
