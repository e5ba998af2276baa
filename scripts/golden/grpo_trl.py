"""Ten GRPO updates with fixed rollouts, made by TRL itself: the golden run for the lab's policy updates.

    pip install -r requirements.txt
    python3 scripts/golden/grpo_trl.py          (about a minute on one core)

`trl.GRPOTrainer.train()` runs unchanged: its sampler, advantages, old and reference log-probabilities, loss, clipping
and AdamW. Only what it would sample is given: `rollout_func` returns fixed token ids and the reward function fixed
rewards. Two rollout batches of 3 prompts x 4 rollouts, five updates on each (num_iterations 5), so that the ratio to
the old policy leaves 1; old log-probabilities are those of the first forward of a batch. The adapter is handed to TRL
as a new one (peft_config) and its weights are then set to those of the golden case, so the reference is the base
model without adapter, as in the lab. One rollout of each batch is truncated (no end token) and masked by
mask_truncated_completions; one has tool tokens masked in its middle (env_mask).

A second case, grpo-trl-settings: two batches of 4 prompts, the second with equal rewards in every group (advantages
all zero), one update or more on each: rollout temperature 0.7, four mini-batches (one prompt each; TRL shuffles
rollouts over mini-batches, which is left out here), two iterations, an adapter that TRL is given as an existing one, so
that it keeps a copy of its start as the reference, TRL's entropy bonus, and no KL at all, so that the second
batch's gradient is zero and AdamW only lets its moments decay.

Model and adapter: ../cases/qwen3-tied-bf16. Two runs of the first case: `dapo` (advantages divided by the group's standard deviation,
KL times ratio, TRL's defaults) and `dr_grpo` (not divided, classic KL). Written to e2e/golden/grpo-trl/, in the
format of a golden case with the kind `grpo_run`:

  input     the same for both runs: batchK/input_ids, cu_seqlens, prompt_lengths, rewards, completion_mask (K = 0, 1)
  expected  RUN/losses, grad_norms (before clipping), clip_ratio [10, 3]: per update; ratio_max: likewise, largest |ratio - 1|
            (from the formulas, TRL logs none); RUN/advantages_K,
            RUN/old_logprobs_K, RUN/ref_logprobs_K: per batch, 0 for the tokens of the truncated rollout, which TRL does
            not score, a value for tool tokens, which are not in the loss either; RUN/weights/NAME: the adapter after ten updates

The same runs are computed once more from reference.py's formulas, document by document, without TRL; the script
fails if the two differ by more than a tenth of the tolerances it writes down.
"""

import contextlib
import io
import json
import os
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
warnings.filterwarnings("ignore")

import numpy as np
import peft
import torch
import transformers
import trl
from datasets import Dataset
from peft import LoraConfig
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

import reference as ref
from generate import close, packed, save_tensors, write_json

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "e2e/golden/cases/qwen3-tied-bf16"
OUT = ROOT / "e2e/golden"
SEED, GROUP, LIMIT, ITERATIONS = 7, 4, 12, 5
REWARDS = [
    [[1, 0, 0, 1], [1, 1, 1, 1], [0.25, 0.9, 0.1, 0.6]],
    [[0, 0, 1, 0], [0.5, 0.25, 1, 0], [1, 1, 0, 1]],
]
TRUNCATED = [2, 9]  # rollout of each batch that has no end token
TOOL = [[5, 2, 4], [0, 1, 3]]  # rollout, first and last masked token of each batch
OPTIMISER = {"lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.0, "max_grad_norm": 1.0}
RUNS = {
    "dapo": {"loss_type": "dapo", "scale_rewards": "group", "kl_times_ratio": True, "iterations": ITERATIONS},
    "dr_grpo": {"loss_type": "dr_grpo", "scale_rewards": "none", "kl_times_ratio": False, "iterations": ITERATIONS},
}
MORE_REWARDS = [
    [[1, 0, 0, 1], [1, 1, 1, 1], [0.25, 0.9, 0.1, 0.6], [0, 1, 0, 0]],
    [[0, 0, 0, 0], [1, 1, 1, 1], [0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0]],
]
MORE = {
    "temperature": {"loss_type": "grpo", "scale_rewards": "group", "kl_times_ratio": False, "temperature": 0.7, "iterations": 2},
    "minibatches": {"loss_type": "bnpo", "scale_rewards": "batch", "kl_times_ratio": True, "minibatches": 4},
    "minibatches_dr": {"loss_type": "dr_grpo", "scale_rewards": "none", "kl_times_ratio": False, "minibatches": 4},
    "minibatches_grpo": {"loss_type": "grpo", "scale_rewards": "group", "kl_times_ratio": False, "minibatches": 2},
    "iterations": {"loss_type": "dapo", "scale_rewards": "group", "kl_times_ratio": True, "minibatches": 4, "iterations": 2},
    "reference": {"loss_type": "dapo", "scale_rewards": "group", "kl_times_ratio": False, "reference": "start", "beta": 0.5, "iterations": 3},
    "entropy": {"loss_type": "dr_grpo", "scale_rewards": "none", "kl_times_ratio": True, "entropy_bonus": 0.05, "temperature": 0.8, "minibatches": 2},
    "zero": {"loss_type": "dapo", "scale_rewards": "group", "kl_times_ratio": False, "beta": 0.0},
}
for more in MORE.values():
    more["lr"] = 2e-4
    more["eps"] = 1e-6  # entries whose gradient is next to nothing then stay, instead of stepping where rounding points
SHARED = {"epsilon_low": 0.2, "epsilon_high": 0.28, "beta": 0.04, "max_completion_length": LIMIT}


# ---------------------------------------------------------------- fixed rollouts


@torch.no_grad()
def sample(model, prompt, length, ends, rng):
    """Tokens drawn from the model at temperature 1, never an end token."""
    ids = list(prompt)
    for _ in range(length):
        row = ref.logits_of(model, ids)[-1].clone()
        row[ends] = -1e30
        ids.append(int(rng.choice(len(row), p=torch.softmax(row, -1).numpy())))
    return ids[len(prompt) :]


def make_batches(tuned, ends, rng, rewards_of):
    """Two batches of prompts and completions drawn from the starting policy, with rewards that are simply given."""
    batches = []
    for rewards, truncated, (tool, first, last) in zip(rewards_of, TRUNCATED, TOOL):
        prompts, completions, masks = [], [], []
        for _ in rewards:
            prompt = rng.integers(3, 160, int(rng.integers(3, 10))).tolist()
            for _ in range(GROUP):
                i = len(prompts)
                length = LIMIT if i == truncated else int(rng.integers(5, LIMIT - 1))
                completion = sample(tuned, prompt, length, ends, rng) + ([] if i == truncated else [ends[0]])
                prompts.append(prompt)
                completions.append(completion)
                masks.append([0 if i == tool and first <= t <= last else 1 for t in range(len(completion))])
        batches.append({"prompts": prompts, "completions": completions, "masks": masks, "rewards": sum(rewards, [])})
    return batches


def rollouts_of(batch, truncated):
    """As reference.py wants them: truncated rollouts out of the loss."""
    mask = [0 if i == truncated else m for i, row in enumerate(batch["masks"]) for m in row]
    return ref.Rollouts(
        [p + c for p, c in zip(batch["prompts"], batch["completions"])], [len(p) for p in batch["prompts"]],
        torch.tensor(batch["rewards"], dtype=torch.float32).double(), torch.tensor(mask, dtype=torch.float64),
    )


# ---------------------------------------------------------------- the run, by TRL


def trained(model):
    """The adapter's weights, without the reference that TRL may keep beside it."""
    return {n: p for n, p in ref.lora_parameters(model).items() if ".ref." not in n}


def trl_run(batches, settings, dtype):
    """GRPOTrainer.train() over both batches. Returns what it computed, by name."""
    iterations, parts = settings.get("iterations", 1), settings.get("minibatches", 1)
    rollouts = len(batches[0]["prompts"])
    start = load_file(CASE / "adapter/adapter_model.safetensors")
    lora = json.loads((CASE / "adapter/adapter_config.json").read_text())
    calls = {"rollouts": 0, "rewards": 0}

    def rollout(_, trainer):
        batch = batches[calls["rollouts"]]
        calls["rollouts"] += 1
        return {"prompt_ids": batch["prompts"], "completion_ids": batch["completions"], "logprobs": None, "env_mask": batch["masks"]}

    def reward(completions, **_):
        calls["rewards"] += 1
        return batches[calls["rewards"] - 1]["rewards"]

    class Recorder(trl.GRPOTrainer):
        """Keeps what TRL computes; changes nothing."""

        seen, prepared = [], []

        def _generate_and_score_completions(self, inputs):
            scored = super()._generate_and_score_completions(inputs)
            self.prepared.append({k: scored[k].clone() for k in ("advantages", "old_per_token_logps", "ref_per_token_logps") if scored.get(k) is not None})
            return scored

        def _compute_loss(self, model, inputs):
            loss = super()._compute_loss(model, inputs)
            shares = [self._metrics["train"][f"clip_ratio/{n}_mean"][-1] for n in ("low", "high", "region")]
            self.seen.append((loss.item(), shares))
            return loss

    Recorder.seen, Recorder.prepared = [], []
    model = AutoModelForCausalLM.from_pretrained(CASE / "model", dtype=dtype)
    given = settings.get("reference") == "start"  # as an adapter that exists: TRL keeps a copy of it as the reference
    if given:
        model = peft.PeftModel.from_pretrained(model, CASE / "adapter", is_trainable=True)
    shuffle = trl.trainer.grpo_trainer.shuffle_sequence_dict
    if parts > 1:  # mini-batches of whole prompts, in order
        trl.trainer.grpo_trainer.shuffle_sequence_dict = lambda batch: batch
    with tempfile.TemporaryDirectory() as tmp, contextlib.redirect_stdout(io.StringIO()):
        trainer = Recorder(
            model=model, reward_funcs=reward, rollout_func=rollout, processing_class=AutoTokenizer.from_pretrained(CASE / "model"),
            train_dataset=Dataset.from_list([{"prompt": f"prompt {i}"} for i in range(2 * rollouts // GROUP)]),
            peft_config=None if given else LoraConfig(
                task_type="CAUSAL_LM", r=lora["r"], lora_alpha=lora["lora_alpha"], target_modules=lora["target_modules"], lora_dropout=0.0,
            ),
            args=trl.GRPOConfig(
                output_dir=tmp, report_to=[], use_cpu=True, bf16=False, gradient_checkpointing=False, disable_tqdm=True,
                save_strategy="no", logging_steps=1, max_steps=2 * iterations * parts, shuffle_dataset=False,
                per_device_train_batch_size=rollouts // parts, num_generations=GROUP, num_iterations=iterations, steps_per_generation=parts,
                gradient_accumulation_steps=1, optim="adamw_torch", learning_rate=settings.get("lr", OPTIMISER["lr"]), lr_scheduler_type="constant",
                adam_beta1=OPTIMISER["betas"][0], adam_beta2=OPTIMISER["betas"][1], adam_epsilon=settings.get("eps", OPTIMISER["eps"]),
                weight_decay=OPTIMISER["weight_decay"], max_grad_norm=OPTIMISER["max_grad_norm"], mask_truncated_completions=True,
                loss_type=settings["loss_type"], scale_rewards=settings["scale_rewards"], use_bias_correction_kl=settings["kl_times_ratio"],
                epsilon=SHARED["epsilon_low"], epsilon_high=SHARED["epsilon_high"], beta=settings.get("beta", SHARED["beta"]),
                max_completion_length=SHARED["max_completion_length"], temperature=settings.get("temperature", 1.0), entropy_coef=settings.get("entropy_bonus", 0.0),
            ),
        )
        parameters = trained(trainer.model)
        assert set(parameters) == set(start), "TRL's adapter has other weights than the golden one"
        for name, p in parameters.items():
            p.data = start[name].to(dtype)
        norms, clip = [], trainer.accelerator.clip_grad_norm_
        trainer.accelerator.clip_grad_norm_ = lambda *a, **k: norms.append(clip(*a, **k)) or norms[-1]
        trainer.train()
    trl.trainer.grpo_trainer.shuffle_sequence_dict = shuffle
    assert calls == {"rollouts": 2, "rewards": 2}, calls

    result = {
        "losses": torch.tensor([s[0] for s in Recorder.seen], dtype=torch.float64),
        "grad_norms": torch.tensor([float(n) for n in norms], dtype=torch.float64),
        "clip_ratio": torch.tensor([s[1] for s in Recorder.seen], dtype=torch.float64),
    }
    for k, (batch, kept) in enumerate(zip(batches, Recorder.prepared)):
        lengths = [len(c) for c in batch["completions"]]
        flat = lambda rows: torch.cat([r[:n] for r, n in zip(rows, lengths)]).double()
        result[f"advantages_{k}"] = kept["advantages"].double()
        for name, key in (("old", "old_per_token_logps"), ("ref", "ref_per_token_logps")):
            if key in kept:
                result[f"{name}_logprobs_{k}"] = flat(kept[key])
    result.update({f"weights/{n}": p.detach().double() for n, p in trained(trainer.model).items()})
    return result


# ---------------------------------------------------------------- the run, by the formulas


def part_of(rollouts, adv, part, parts):
    """Mini-batch `part` of `parts`: as many prompts in each, in order."""
    size = len(rollouts.ids) // parts
    own = slice(part * size, (part + 1) * size)
    tokens = slice(sum(rollouts.lengths[: own.start]), sum(rollouts.lengths[: own.stop]))
    cut = ref.Rollouts(rollouts.ids[own], rollouts.prompt_lengths[own], rollouts.rewards[own], rollouts.mask[tokens])
    cut.old, cut.ref = rollouts.old[tokens], rollouts.ref[tokens]
    return cut, adv[own]


def formula_run(batches, settings):
    """The same updates in float64, one forward a document, from reference.py."""
    p = {**SHARED, "beta": settings.get("beta", SHARED["beta"]), "kl_times_ratio": settings["kl_times_ratio"]}
    iterations, parts = settings.get("iterations", 1), settings.get("minibatches", 1)
    temperature, bonus = settings.get("temperature", 1.0), settings.get("entropy_bonus", 0.0)
    base, tuned = ref.load(CASE, adapter=settings.get("reference") == "start"), ref.load(CASE)
    parameters = ref.lora_parameters(tuned)
    optimizer = torch.optim.AdamW(
        parameters.values(), lr=settings.get("lr", OPTIMISER["lr"]), betas=OPTIMISER["betas"], eps=settings.get("eps", OPTIMISER["eps"]), weight_decay=OPTIMISER["weight_decay"]
    )
    result = {"losses": [], "grad_norms": [], "clip_ratio": [], "ratio_max": []}
    nearest = 1.0
    for k, batch in enumerate(batches):
        rollouts = rollouts_of(batch, TRUNCATED[k])
        adv = ref.advantages(rollouts.rewards, GROUP, settings["scale_rewards"])
        with torch.no_grad():
            rollouts.old = ref.completion_logprobs(tuned, rollouts, temperature)
            rollouts.ref = ref.completion_logprobs(base, rollouts, temperature)
        result[f"advantages_{k}"] = adv
        kept = torch.tensor([i != TRUNCATED[k] for i, n in enumerate(rollouts.lengths) for _ in range(n)])  # TRL leaves 0 for the others
        result[f"old_logprobs_{k}"], result[f"ref_logprobs_{k}"] = rollouts.old * kept, rollouts.ref * kept
        whole, all_adv, share = rollouts, adv, rollouts.mask.sum() / parts
        for update in range(iterations * parts):
            rollouts, adv = part_of(whole, all_adv, update % parts, parts)
            optimizer.zero_grad()
            logp, entropy = ref.completion_stats(tuned, rollouts, temperature)
            loss = ref.grpo_loss(logp, rollouts, adv, p, settings["loss_type"], share)
            loss = loss - bonus * (entropy * rollouts.mask).sum() / rollouts.mask.sum().clamp(min=1)
            loss.backward()
            result["losses"].append(float(loss.detach()))
            result["grad_norms"].append(float(torch.nn.utils.clip_grad_norm_(parameters.values(), OPTIMISER["max_grad_norm"])))
            result["clip_ratio"].append(ref.clip_ratios(logp.detach(), rollouts, adv, p).tolist())
            ratio = torch.exp(logp.detach() - rollouts.old)[rollouts.mask > 0]
            result["ratio_max"].append(float((ratio - 1).abs().max()))
            bounds = torch.tensor([1 - p["epsilon_low"], 1 + p["epsilon_high"]])
            nearest = min(nearest, float((ratio[:, None] - bounds).abs().min()))
            optimizer.step()
    for name in ("losses", "grad_norms", "clip_ratio", "ratio_max"):
        result[name] = torch.tensor(result[name], dtype=torch.float64)
    result.update({f"weights/{n}": p.detach() for n, p in parameters.items()})
    return result, nearest


# ---------------------------------------------------------------- the files


def rules(run, names):
    weights = (1e-4, 0.0, "some updates of lr 1e-3: an entry whose gradient is near zero may step in a direction set by rounding; the bound is one percent of the way an entry can go")
    own = {
        f"{run}/losses": "loss_curve", f"{run}/grad_norms": "grad_norm", f"{run}/ratio_max": "ratio",
        **{f"{run}/advantages_{k}": "formula" for k in (0, 1)},
    }
    result = [close(name, tolerance) for name, tolerance in own.items()]
    result.append({**close(f"{run}/clip_ratio", "share"), "why": "a count of tokens; `nearest_ratio_to_a_clip_bound` says how clear it is"})
    for k in (0, 1):
        later = {"abs": 3e-4 if k else 1e-4, "why": "the error of `logits`" + (", after five updates" if k else "") + "; 0 for a truncated rollout"}
        result.append({**close(f"{run}/old_logprobs_{k}", "logprob"), **later})
        result.append({**close(f"{run}/ref_logprobs_{k}", "logprob"), "why": "two logits and a log-sum-exp; 0 for a truncated rollout"})
    result = [rule for rule in result if rule["tensor"].removeprefix(f"{run}/") in names]
    prefix = close(f"{run}/weights/", "weights")
    prefix["abs"], prefix["rel"], prefix["why"] = weights
    return result + [prefix]


def share(got, want, rule):
    error = (got - want).abs().max()
    return float(error / (rule["abs"] + rule["rel"] * want.abs().max()))


def make_case(name, about, rewards, runs):
    ends = json.loads((CASE / "model/generation_config.json").read_text())["eos_token_id"]
    with ref.exact():
        batches = make_batches(ref.load(CASE), ends, np.random.default_rng(SEED), rewards)
    inputs = {}
    for k, batch in enumerate(batches):
        rollouts = rollouts_of(batch, TRUNCATED[k])
        inputs.update(packed(f"batch{k}", rollouts.ids))
        inputs[f"batch{k}/prompt_lengths"] = torch.tensor(rollouts.prompt_lengths, dtype=torch.int32)
        inputs[f"batch{k}/rewards"] = rollouts.rewards
        inputs[f"batch{k}/completion_mask"] = rollouts.mask.to(torch.int32)

    expected, checks, worst = {}, [], 0.0
    for run, settings in runs.items():
        with ref.exact():
            formula, nearest = formula_run(batches, settings)
        by_trl = trl_run(batches, settings, torch.float32)
        by_trl["ratio_max"] = formula["ratio_max"]  # TRL logs no such figure
        wanted = rules(run, by_trl)
        for rule in wanted:
            for tensor in [n for n in by_trl if f"{run}/{n}".startswith(rule.get("prefix", rule.get("tensor")))]:
                s = share(by_trl[tensor], formula[tensor], rule)
                worst = max(worst, s)
                if "weights" not in tensor or s > 0.05:
                    print(f"{run} {tensor}: TRL in float32 and the formulas in float64 differ by {s:.3f} of the tolerance")
        print(f"{run}: losses {[round(x, 4) for x in by_trl['losses'].tolist()]}, largest |ratio - 1| {formula['ratio_max'].max():.3f}, nearest to a clip bound {nearest:.4f}")
        expected.update({f"{run}/{n}": t for n, t in by_trl.items()})
        checks.append({
            "id": f"grpo_run_{run}", "kind": "grpo_run", "adapter": True, "reads": sorted(inputs),
            "params": {
                "run": run, "batches": 2, "iterations": 1, "minibatches": 1, "group_size": GROUP, "temperature": 1.0, "entropy_bonus": 0.0, "reference": "base",
                **SHARED, **OPTIMISER, **settings, "std_epsilon": 1e-4,
                "truncated": "masked, with completion_mask 0", "schedule": "constant", "warmup_steps": 0, "nearest_ratio_to_a_clip_bound": round(nearest, 5),
            },
            "expects": wanted,
        })
    assert worst < 0.1, f"TRL and the formulas differ by {worst:.3f} of a tolerance"
    out = OUT / name
    out.mkdir(parents=True, exist_ok=True)
    for file, tensors in [("input", inputs), ("expected", expected)]:
        save_tensors({n: t if t.dtype == torch.int32 else t.float() for n, t in tensors.items()}, out / f"{file}.safetensors")
    write_json(out / "case.json", {
        "format": "golden-case", "version": 1, "name": name, "about": about, "seed": SEED,
        "made_with": {
            "torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "peft": peft.__version__, "trl": trl.__version__,
        },
        "model": {"dir": "../cases/qwen3-tied-bf16/model"}, "adapter": {"dir": "../cases/qwen3-tied-bf16/adapter"},
        "input": "input.safetensors", "expected": "expected.safetensors", "checks": checks,
    })
    print(f"written to {out.relative_to(ROOT)}")


def main():
    torch.set_num_threads(1)
    made = "as trl.GRPOTrainer.train() makes them; see scripts/golden/grpo_trl.py"
    make_case("grpo-trl", f"Ten GRPO updates over two fixed rollout batches, {made}", REWARDS, RUNS)
    make_case("grpo-trl-settings", f"GRPO updates under further settings, {made}", MORE_REWARDS, MORE)


if __name__ == "__main__":
    main()
