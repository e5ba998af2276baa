"""Does rule.py pick what the lab picked? Gives it the losses of a scout run's log and compares every batch.

    python scripts/scout/replay.py RUN/events.jsonl        exit status 1 and the first difference where it does not
"""

import json
import sys

from rule import Scout


def replay(path):
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line) for line in file if line.strip()]
    by = lambda kind: [event for event in events if event["type"] == kind]
    config, pool, parted = by("run.started")[0]["config"], by("pool.loaded")[0]["train"], by("pool.parted")[0]
    steps, rounds = config["budget"]["steps"], config["curriculum"]["rounds"]
    until = lambda k: (2 * steps * k + rounds) // (2 * rounds)
    batch, per_round = config["trainer"]["samplesPerBatch"], config["curriculum"]["perRound"]
    rule = Scout([row["prompt"] for row in pool], config["seed"], batch, lambda k: max(1, until(k) - until(k - 1)), per_round)
    if rule.parts != parted["parts"]:
        at = next(i for i, (a, b) in enumerate(zip(rule.parts, parted["parts"])) if a != b)
        return f"row {at} lies in neighbourhood {rule.parts[at]}, in the lab in {parted['parts'][at]}"
    for event in by("batch.chosen"):
        rows, chosen = rule.draw()
        theirs = event["random"] + [choice["sample"] for choice in event["chosen"]]
        if rows != theirs or chosen != len(event["chosen"]):
            return f"step {event['step']}: rows {rows}, {chosen} of them chosen; in the lab {theirs}, {len(event['chosen'])}"
        losses = {sight["sample"]: sight["lossNats"] for sight in event["firstSights"]}
        # A row seen before has no loss in the log, and the rule asks for none.
        rule.see(rows, chosen, [losses.get(row, 0.0) for row in rows])
    print(f"{path}: {len(by('batch.chosen'))} batches and {len(parted['parts'])} neighbours, all equal")
    return None


if __name__ == "__main__":
    wrong = [message for message in map(replay, sys.argv[1:]) if message]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
