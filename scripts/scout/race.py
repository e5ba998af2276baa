"""scout, EDCO and random order a second time, in PyTorch: LoRA on the built-in model with the lab's settings and the lab's
rows, none of the lab's code. Shows whether what a race says of an order is true of the order or of the lab.

    pip install -r scripts/base-model/requirements.txt
    python scripts/scout/race.py OUT.jsonl --pool needle --seeds 1 2 3 [--orders random scout edco] [--steps 40]

A pool is public/pools/NAME_train.jsonl and NAME_test.jsonl, or a folder with train.jsonl and test.jsonl that
`npx tsx scripts/pools.ts NAME --out FOLDER` wrote. One line a run: the share right before the first step and after each of five
rounds, with the steps, all tokens and trained tokens until then (prompt and answer of a row; EDCO also scores). A run that OUT
holds already is not made again. `npx tsx scripts/arena.ts --torch OUT.jsonl` sets it beside the lab's races.
"""

import argparse
import json
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/base-model"))
import experiments as lab  # noqa: E402
import torch  # noqa: E402
from draws import Random  # noqa: E402
from rule import Scout, Stream  # noqa: E402

ROUNDS, PER_ROUND, BATCH, RATE, RANK = 5, 64, 8, 2e-3, 8


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def load(pool):
    folder = pathlib.Path(pool)
    if (folder / "train.jsonl").exists():
        return read(folder / "train.jsonl"), read(folder / "test.jsonl")
    return tuple(read(ROOT / f"public/pools/{pool}_{part}.jsonl") for part in ("train", "test"))


class Fixed:
    """Random order and EDCO: no rows are chosen within a round."""

    def __init__(self, take):
        self.take = take

    def draw(self):
        return self.take(BATCH), 0

    def see(self, *_):
        pass


def run(order, pool, seed, steps, make=Scout, data=None):
    """One run. Returns its curve: a list of [steps, all tokens, trained tokens, share right], and the rule.

    make: the class that chooses where `order` is scout; data: (train, test) rows in place of the pool's files.
    """
    train, test = data or load(pool)
    model, tokenizer = lab.load_base()
    parameters = lab.add_lora(model, RANK, 2 * RANK, seed)
    spent, trained, done, curve = 0, 0, 0, []
    sampler, shuffles = torch.Generator().manual_seed(seed), Random(seed, "batch")
    each = steps // ROUNDS
    layout = (len(train), seed, BATCH, lambda _: each, PER_ROUND)
    if order == "scout":
        rule = make([row["prompt"] for row in train], *layout[1:])
    elif order == "random":
        rule = Fixed(Stream(*layout).take)

    def note():
        right = lab.evaluate_base(model, tokenizer, pool, test) if done == 0 else lab.evaluate(model, tokenizer, test)
        curve.append([done, spent, trained, sum(right) / len(right)])

    note()
    for _ in range(ROUNDS):
        if order == "edco":
            scores, cost = lab.entropy_scores(model, tokenizer, train, 8, "prefix_mean", sampler)
            spent += cost
            picks = sorted(range(len(train)), key=lambda i: -scores[i])[:PER_ROUND]
            rule = Fixed(passes(picks, shuffles))
        optimizer = torch.optim.AdamW(parameters, lr=RATE, betas=(0.9, 0.95), weight_decay=0.0)
        for _ in range(each):
            rows, chosen = rule.draw()
            ids, answer = lab.pack(tokenizer, [train[i] for i in rows])
            wanted = answer[:, 1:]
            nll = lab.seq_nll(model, ids) * wanted
            rule.see(rows, chosen, (nll.sum(1) / wanted.sum(1)).tolist())
            optimizer.zero_grad()
            (nll.sum() / wanted.sum()).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            size = int((ids > 0).sum())
            done, spent, trained = done + 1, spent + size, trained + size
        note()
    return curve, rule


def passes(picks, shuffles):
    """Takes from the picks, shuffled anew whenever they are used up."""
    waiting = []

    def take(count):
        while len(waiting) < count:
            waiting.extend(shuffles.shuffle(picks))
        return [waiting.pop(0) for _ in range(count)]

    return take


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--pool", required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--orders", nargs="+", default=["random", "scout", "edco"], choices=["random", "scout", "edco"])
    parser.add_argument("--steps", type=int, default=40)
    wanted = parser.parse_args()
    name = pathlib.Path(wanted.pool).name
    known = {(x["pool"], x["strategy"], x["seed"], x["curve"][-1][0]) for x in (read(wanted.out) if wanted.out.exists() else [])}
    for seed in wanted.seeds:
        for order in wanted.orders:
            if (name, order, seed, wanted.steps) in known:
                continue
            began = time.time()
            curve, _ = run(order, wanted.pool, seed, wanted.steps)
            line = {"pool": name, "strategy": order, "seed": seed, "torch": torch.__version__, "curve": curve}
            with wanted.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            shares = " ".join(f"{100 * share:.1f}" for *_, share in curve)
            print(f"{name} {order} {seed}: {shares} % right, {curve[-1][1]} tokens, {time.time() - began:.0f} s", flush=True)
