"""Condenses results/sft.json and results/grpo.json into results/reference.json and prints the same as tables.

    python3 scripts/base-model/summarise.py

reference.json is what other programs compare themselves with:
  sft:  one entry a (pool, strategy, N, steps): seeds and, for each evaluated round, accuracy by seed, mean and
        standard error over seeds (null with one seed). Accuracies are shares of the test rows, greedy decoding.
  grpo: one entry a (pool, strategy): every measure by seed with mean and standard error, and its paired difference
        to random order and to METIS (same seed, same warm start): mean, standard error, 95 % interval of Student's t.
        Measures ending in _off are on 60 fixed random rows a seed, the mean of the probes after steps 10, 20 and 30.
        For random and oracle they belong to the policy's own forecasts, which nothing rewards there.
Needs the standard library only.
"""

import json
import math
import statistics

from paths import RESULTS

# Two-sided 95 % quantiles of Student's t by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}

METIS = "metis K=3 lambda=0.01"

# Measures of a GRPO run: name -> value of one stored run (None where it has none).
MEASURES = {
    "mean_reward_variance": lambda run: run["mean_var"],
    "zero_variance_share": lambda run: run["dead_groups"],
    "test_accuracy_start": lambda run: run["curve"][0][1],
    "test_accuracy_end": lambda run: run["curve"][-1][1],
    "test_accuracy_gain": lambda run: run["curve"][-1][1] - run["curve"][0][1],
    "parse_failure_share": lambda run: run["parse_fail"],
    "forecast_spearman_on": lambda run: run["forecast_spearman"],
    "forecast_mae_on": lambda run: run["forecast_mae"],
    "forecast_spearman_off": lambda run: mean_of_probes(run, "spearman"),
    "forecast_mae_off": lambda run: mean_of_probes(run, "mae"),
    "constant_median_mae_off": lambda run: mean_of_probes(run, "constant_median_mae"),
    "parse_failure_share_off": lambda run: mean_of_probes(run, "parse_fail"),
    "judge_tokens": lambda run: run["tokens"]["judge"],
    "rollout_tokens": lambda run: run["tokens"]["rollout"],
}


def mean_of_probes(run, name):
    """Mean over the probes on fixed random rows (after steps 10, 20, 30); None where a probe has no value."""
    values = [probe[name] for probe in run.get("off_selection", [])]
    return statistics.fmean(values) if values and None not in values else None


def moments(values):
    """Mean and standard error of the mean; the error is None for one value."""
    mean = statistics.fmean(values)
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    return {"mean": rounded(mean), "se": rounded(error)}


def rounded(value, digits=5):
    return None if value is None else round(value, digits)


def grouped(runs, keys):
    groups = {}
    for run in runs:
        groups.setdefault(tuple(run[k] for k in keys), {})[run["seed"]] = run
    return {k: dict(sorted(v.items())) for k, v in sorted(groups.items())}


def summarise_sft(runs):
    entries = []
    for (pool, strategy, n, steps, rounds), by_seed in grouped(runs, ["pool", "strategy", "N", "steps", "rounds"]).items():
        first = next(iter(by_seed.values()))
        accuracy = [
            {"round": r, "by_seed": [run["curve"][i] for run in by_seed.values()],
             **moments([run["curve"][i] for run in by_seed.values()])}
            for i, r in enumerate(first["eval_rounds"])
        ]
        entries.append({
            "pool": pool, "strategy": strategy, "N": n, "steps": steps, "rounds": rounds, "batch": first["batch"],
            "lr": first["lr"], "rank": first["rank"], "L": first["L"], "test_rows": first["n_test"], "seeds": list(by_seed),
            "accuracy": accuracy,
            "train_tokens": moments([run["train_tokens"] for run in by_seed.values()]),
            "score_tokens": moments([run["score_tokens"] for run in by_seed.values()]),
        })
    return entries


def paired(by_seed, baseline, measure):
    """Difference to the baseline over the seeds that both have; None with fewer than two."""
    pairs = [(measure(run), measure(baseline[s])) for s, run in by_seed.items() if s in baseline]
    gaps = [a - b for a, b in pairs if a is not None and b is not None]
    if len(gaps) < 2:
        return None
    mean, error = statistics.fmean(gaps), statistics.stdev(gaps) / math.sqrt(len(gaps))
    half = STUDENT[len(gaps) - 1] * error
    return {"n": len(gaps), "by_seed": [rounded(g) for g in gaps], "mean": rounded(mean), "se": rounded(error),
            "low": rounded(mean - half), "high": rounded(mean + half)}


def summarise_grpo(runs):
    entries = []
    groups = grouped(runs, ["pool", "steps", "B", "n", "m", "warm", "strategy"])
    for key, by_seed in groups.items():
        *setting, strategy = key
        baselines = {"minus_random": groups.get((*setting, "random"), {}), "minus_metis": groups.get((*setting, METIS), {})}
        entry = {**dict(zip(["pool", "steps", "B", "n", "m", "warm"], setting)), "strategy": strategy, "seeds": list(by_seed),
                 "measures": {}, "minus_random": {}, "minus_metis": {}}
        for name, measure in MEASURES.items():
            values = [measure(run) for run in by_seed.values()]
            known = [v for v in values if v is not None]
            if known:
                entry["measures"][name] = {"by_seed": [rounded(v) for v in values], **moments(known)}
            for against, baseline in baselines.items():
                difference = paired(by_seed, baseline, measure) if by_seed is not baseline else None
                if difference:
                    entry[against][name] = difference
        entries.append(entry)
    return entries


def percent(m):
    return f"{100 * m['mean']:.1f}" + ("" if m["se"] is None else f" ± {100 * m['se']:.1f}")


def plain(m, digits=3):
    if m is None:
        return "-"
    return f"{m['mean']:.{digits}f}" + ("" if m["se"] is None else f" ± {m['se']:.{digits}f}")


def table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(c) for c in row) + " |")
    print()


def show(reference):
    print("SFT: test accuracy in percent after the evaluated rounds, mean ± standard error over seeds\n")
    table(
        ["pool", "strategy", "N", "rounds × steps", "seeds", "base", "round 1", "round 3", "round 5"],
        [[e["pool"], e["strategy"], e["N"], f"{e['rounds']} × {e['steps']}", len(e["seeds"]), *[percent(a) for a in e["accuracy"]]]
         for e in reference["sft"]],
    )
    print("GRPO: mean ± standard error over seeds; forecasts 'off' are on 60 fixed random rows\n")
    names = ["mean_reward_variance", "zero_variance_share", "test_accuracy_end", "test_accuracy_gain", "parse_failure_share",
             "forecast_spearman_on", "forecast_mae_on", "forecast_spearman_off", "forecast_mae_off", "constant_median_mae_off"]
    table(["strategy", "seeds", *names],
          [[e["strategy"], len(e["seeds"]), *[plain(e["measures"].get(n)) for n in names]] for e in reference["grpo"]])
    names = ["mean_reward_variance", "zero_variance_share", "test_accuracy_end", "forecast_spearman_off", "forecast_mae_off"]
    interval = lambda d: "-" if d is None else f"{d['mean']:+.3f} [{d['low']:+.3f}, {d['high']:+.3f}]"
    for against, words in [("minus_random", "random"), ("minus_metis", METIS)]:
        print(f"GRPO: paired difference to {words}, mean [95 % interval]\n")
        table(["strategy", "pairs", *names],
              [[e["strategy"], e[against][names[0]]["n"], *[interval(e[against].get(n)) for n in names]]
               for e in reference["grpo"] if e[against]])


def main():
    read = lambda name: json.loads((RESULTS / f"{name}.json").read_text())
    reference = {
        "about": "PyTorch reference: means over seeds of scripts/base-model/results/{sft,grpo}.json, written by summarise.py",
        "sft": summarise_sft(read("sft")),
        "grpo": summarise_grpo(read("grpo")),
    }
    (RESULTS / "reference.json").write_text(json.dumps(reference, indent=1, ensure_ascii=False) + "\n")
    show(reference)


if __name__ == "__main__":
    main()
