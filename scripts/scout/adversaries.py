"""What scout loses where everything is against it: six adversaries, in PyTorch on the needle pool, beside random order.

    python scripts/scout/adversaries.py OUT.jsonl [--seeds 1 2 3 4 5] [--steps 40]

inverted       the least worthy neighbourhoods are chosen
shuffled       rows are dealt to neighbourhoods at random
one            the whole pool is one neighbourhood
singletons     every row is a neighbourhood of its own
all-noise      every training row has the answer of another one
all-known      only rows that the model can do already

One line a run, as race.py writes them, with `rows`: [chosen, of them not paid, steps, batch]. The bound of docs/scout.md is on
those: not paid <= 4 B + 0.05 S B, chosen <= S B / 2. `npx tsx scripts/arena.ts --adversaries OUT.jsonl` makes the table.
"""

import argparse
import json
import pathlib

import race
from draws import Random
from rule import Scout


class Inverted(Scout):
    def _worths(self):
        worth = super()._worths()
        return [max(worth) - own + 1e-6 for own in worth]


class Dealt(Scout):
    """Neighbourhoods by a rule of its own in place of the words."""

    def deal(self, size, seed):
        raise NotImplementedError

    def __init__(self, prompts, seed, *layout):
        super().__init__(prompts, seed, *layout, parts=self.deal(len(prompts), seed))


class Shuffled(Dealt):
    def deal(self, size, seed):
        return [part % round(size**0.5) for part in Random(seed, "dealt").shuffle(range(size))]


class One(Dealt):
    def deal(self, size, seed):
        return [0] * size


class Singletons(Dealt):
    def deal(self, size, seed):
        return list(range(size))


def swapped(rows, seed):
    """Every answer is another row's."""
    order = Random(seed, "swapped").shuffle(range(len(rows)))
    return [{**rows[i], "answer": rows[j]["answer"]} for i, j in zip(order, order[1:] + order[:1])]


def known(rows, _):
    return [row for row in rows if row["tier"] == "A"]


RULES = {"inverted": Inverted, "shuffled": Shuffled, "one": One, "singletons": Singletons}
POOLS = {"all-noise": swapped, "all-known": known}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--steps", type=int, default=40)
    wanted = parser.parse_args()
    train, test = race.load("needle")
    done = {(x["pool"], x["strategy"], x["seed"]) for x in (race.read(wanted.out) if wanted.out.exists() else [])}
    for seed in wanted.seeds:
        plans = [("needle", "random", None, Scout)]
        plans += [(f"needle, {name}", "scout", None, rule) for name, rule in RULES.items()]
        for name, change in POOLS.items():
            data = (change(train, seed), test)
            plans += [(name, "random", data, Scout), (name, "scout", data, Scout)]
        for pool, order, data, make in plans:
            if (pool, order, seed) in done:
                continue
            curve, rule = race.run(order, "needle", seed, wanted.steps, make, data)
            rows = [rule.given, rule.unpaid, rule.steps, rule.batch] if order == "scout" else None
            line = {"pool": pool, "strategy": order, "seed": seed, "torch": race.torch.__version__, "curve": curve, "rows": rows}
            with wanted.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(f"{pool} {order} {seed}: {100 * curve[-1][-1]:.1f} % right, rows {rows}", flush=True)
