"""EDCO's picks of round 1 on the needle pool, computed in float64 PyTorch: the golden file of the lab's scoring.

    pip install -r requirements.txt
    python3 scripts/golden/edco_picks.py        (about a minute on one core)

Base model public/models/tiny (bf16 weights, widened; no adapter), every row of public/pools/needle_train.jsonl, chat
template with generation prompt, greedy decoding without sampling, the end token kept and counted. Scores per row:

  prefix_mean      mean full-vocabulary entropy (nats) of the first 8 generated tokens, fewer if it ends sooner
  teacher_forced   mean entropy (nats) of the positions that predict the first 8 tokens of the reference answer, the
                   end token included where the answer is shorter; nothing is decoded
  top_fifth_bits   the same generated tokens as prefix_mean; per token the 20 largest log-probabilities renormalised,
                   entropy in bits; mean of the max(1, floor(0.2 T)) largest of T (the variant of EDCO's released code)
  full_length      as prefix_mean, for up to 40 generated tokens

`top` lists the ids of the 64 highest scores, best first, ties by pool order. `threshold`: score of the last pick and of
the first row left out. `lead` is the smallest margin (logits) of the first over the second candidate while decoding:
rows below 1e-3 are listed, since float32 may decode them differently. Written to e2e/golden/picks/needle-round1.json.
"""

import argparse
import json
from pathlib import Path

import tokenizers
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

import reference as ref

ROOT = Path(__file__).resolve().parents[2]
PREFIX, FULL, TOP = 8, 40, 64


@torch.no_grad()
def decode(model, prompt, limit, ends):
    """Greedy tokens, the end token kept. Returns (tokens, entropies [T] nats, logit rows [T, V], smallest lead)."""
    ids, rows = list(prompt), []
    while len(rows) < limit and (not rows or ids[-1] not in ends):
        row = ref.logits_of(model, ids)[-1]
        rows.append(row)
        ids.append(int(row.argmax()))
    rows = torch.stack(rows)
    two = rows.topk(2, -1).values
    return ids[len(prompt) :], entropies(rows), rows, float((two[:, 0] - two[:, 1]).min())


def entropies(rows):
    """Full-vocabulary entropy in nats: logits [T, V] -> [T]."""
    logp = torch.log_softmax(rows, -1)
    return -(logp.exp() * logp).sum(-1)


@torch.no_grad()
def teacher_forced(model, prompt, answer):
    """Mean entropy (nats) at the positions that predict the first PREFIX tokens of the answer."""
    target = answer[:PREFIX]
    rows = ref.logits_of(model, prompt + target[:-1])[len(prompt) - 1 :]
    return float(entropies(rows).mean()), len(target)


def ranking(scores, ids):
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    last, first_out = scores[order[TOP - 1]], scores[order[TOP]]
    return {
        "top": [ids[i] for i in order[:TOP]],
        "threshold": {"last_in": round(last, 9), "first_out": round(first_out, 9), "gap": round(last - first_out, 9)},
        "scores": [round(s, 9) for s in scores],
    }


def spearman(a, b):
    rank = lambda v: torch.tensor(v).argsort().argsort().double()  # scores of different rows are never equal here
    return float(torch.corrcoef(torch.stack([rank(a), rank(b)]))[0, 1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT / "e2e/golden/picks/needle-round1.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    folder = ROOT / "public/models/tiny"
    pool = [json.loads(line) for line in (ROOT / "public/pools/needle_train.jsonl").read_text().splitlines()]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids_of = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]
    ends = [json.loads((folder / "generation_config.json").read_text())["eos_token_id"]]

    scores = {name: [] for name in ("prefix_mean", "teacher_forced", "top_fifth_bits", "full_length")}
    tokens = dict.fromkeys(scores, 0)
    generated, leads, prompt_tokens = [], [], 0
    with ref.exact():
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="sdpa").eval()
        for row in pool:
            user = [{"role": "user", "content": row["prompt"]}]
            text = tokenizer.apply_chat_template(user, add_generation_prompt=True, tokenize=False)
            prompt, answer = ids_of(text), ids_of(row["answer"]) + ends[:1]
            out, entropy, rows, lead = decode(model, prompt, FULL, ends)
            prompt_tokens += len(prompt)
            forced, used = teacher_forced(model, prompt, answer)
            scores["prefix_mean"].append(float(entropy[:PREFIX].mean()))
            scores["teacher_forced"].append(forced)
            scores["top_fifth_bits"].append(float(ref.top_fifth_mean(ref.top20_bits(rows[:PREFIX]))))
            scores["full_length"].append(float(entropy.mean()))
            for name, count in [("prefix_mean", len(out[:PREFIX])), ("teacher_forced", used), ("full_length", len(out))]:
                tokens[name] += count
            tokens["top_fifth_bits"] = tokens["prefix_mean"]
            generated.append(out[:PREFIX])
            leads.append(lead)

    ids = [row["id"] for row in pool]
    ranked = {name: ranking(values, ids) for name, values in scores.items()}
    result = {
        "format": "golden-picks", "version": 1,
        "about": "Scores of every row of needle_train by the base model and the 64 highest; made by scripts/golden/edco_picks.py",
        "made_with": {
            "torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "tokenizers": tokenizers.__version__,
        },
        "pool": "needle_train", "model": "tiny", "adapter": None, "count": TOP, "prefix_tokens": PREFIX, "full_tokens": FULL,
        "eos_token_ids": ends, "prompt_tokens": prompt_tokens,
        "lead": {"smallest": min(leads), "below_1e-3": [i for i, lead in zip(ids, leads) if lead < 1e-3]},
        "agreement_with_full_length": {
            name: {
                "spearman": round(spearman(values, scores["full_length"]), 4),
                "shared_picks": len(set(ranked[name]["top"]) & set(ranked["full_length"]["top"])),
            }
            for name, values in scores.items()
        },
        "estimators": {name: {"unit": "bits" if "bits" in name else "nats", "tokens": tokens[name], **ranked[name]} for name in scores},
        "ids": ids, "generated": generated,
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, values in ranked.items():
        print(name, "threshold", values["threshold"], "with full length", result["agreement_with_full_length"][name])
    print("smallest lead", result["lead"]["smallest"], "rows below 1e-3", result["lead"]["below_1e-3"])


if __name__ == "__main__":
    main()
