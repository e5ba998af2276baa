"""What tokenizers and transformers make of ten thousand texts, of conversations and of samples: golden files of tokenizers.

    pip install -r scripts/golden/requirements.txt
    python3 scripts/tokenizers/golden.py            the rebuilt families of families.py, e2e/golden/tokenizers/FAMILY/golden.json
    python3 scripts/tokenizers/golden.py --real     the published ones that fetch.ts has fetched, e2e/golden/tokenizers/real/NAME.json

rules.json holds the ids of other ways of cutting text, each put into one of these tokenizers. A golden file holds
  about    whether the tokenizer's files are a family's published ones or rebuilt
  texts    seed and count of the texts of texts.py; of each hundred, SHA-256 (16 digits) of the ids and of the decoded texts
  shown    some of these texts in full, with ids and decoded text
  chats    conversations: rendered text and ids, with the generation prompt or without; `refused`: the template raises
  contents hashes of rendered conversations whose user says odd things (templates trim, and white space has many forms)
  samples  prompt and answer: ids, and how many of them are the generation prompt's (the border before the target)
  stop     ids that end an answer: the named end token and the token with which the template closes a turn
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import tokenizers
import transformers
from transformers import PreTrainedTokenizerFast

from families import OUT, families
from texts import texts

COUNT, BLOCK, SEED = 10_000, 100, 100_000
CONTENTS, CONTENT_SEED = 1_000, 500_000
CACHE = OUT.parents[2] / ".cache/tokenizers"
TEMPLATE_VALUES = {"date_string": "26 Jul 2024"}

CHATS = [
    [("user", "Hi there!")],
    [("system", "Answer in one word."), ("user", "What is the capital of France?")],
    [("user", "2 + 2 = ?"), ("assistant", "4"), ("user", "and \u0663 + 3?")],
    [("system", " Be brief.\n"), ("user", "  What's\tthis? "), ("assistant", " A tab.\n"), ("user", "\u00a0Sure?\u3000")],
    [("user", "Why?"), ("assistant", "<think>\nBecause.\n</think>\n\nSo."), ("user", "caf\u00e9 \U0001F600")],
    [("user", "one"), ("user", "two")],
]
SAMPLES = [
    ([("user", "2 + 2 = ?")], "4"),
    ([("user", "Name it.")], "The name is cafe\u0301, isn't it?"),
    ([("system", "Use code."), ("user", "Loop")], "    for x in y:\n        print(x)\n"),
    ([("user", "Newline first")], "\nThe answer"),
    ([("user", "Space first")], " The answer \u0085"),
    ([("user", "1"), ("assistant", "2"), ("user", "3")], "\u0664\u00b2 = 16"),
    ([("user", "Think")], "<think>\nLong.\n</think>\n\nShort."),
    ([("user", "\U0001F600")], "\U0001F468\u200D\U0001F469"),
]


def said(turns):
    return [{"role": role, "content": content} for role, content in turns]


def digest(parts):
    return hashlib.sha256("\x01".join(parts).encode()).hexdigest()[:16]


def blocks(parts):
    return [digest(parts[at : at + BLOCK]) for at in range(0, len(parts), BLOCK)]


def golden(tokenizer, about):
    fast = tokenizer.backend_tokenizer

    def ids_of(text):
        return fast.encode(text, add_special_tokens=False).ids

    def decoded(ids):
        return tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)

    def render(turns, prompt, **extra):
        return tokenizer.apply_chat_template(said(turns), tokenize=False, add_generation_prompt=prompt, **TEMPLATE_VALUES, **extra)

    def end_of(text, answer):
        """The first control token behind the answer."""
        behind = text[text.rindex(answer) + len(answer) :].lstrip()
        return next((i for i in ids_of(behind)[:1] if fast.get_added_tokens_decoder().get(i, None)), None)

    everything = texts(SEED, COUNT)
    ids = [ids_of(text) for text in everything]
    back = [decoded(one) for one in ids]
    shown = [at for at in range(0, COUNT, COUNT // 40)]
    named = tokenizer.convert_tokens_to_ids(tokenizer.eos_token)
    out = {
        "about": about,
        "made_with": {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__},
        "texts": {"seed": SEED, "count": COUNT, "block": BLOCK, "ids": blocks([",".join(map(str, one)) for one in ids]), "decoded": blocks(back)},
        "shown": [{"text": everything[at], "ids": ids[at], "decoded": back[at]} for at in shown],
    }
    if tokenizer.chat_template is None:
        return {**out, "stop": [named]}
    chats, samples = [], []
    extras = [{}, {"enable_thinking": False}] if "enable_thinking" in tokenizer.chat_template else [{}]
    for turns in CHATS:
        for prompt in (True, False):
            for extra in extras:
                one = {"messages": said(turns), "prompt": prompt, "extra": extra}
                try:
                    text = render(turns, prompt, **extra)
                    chats.append({**one, "text": text, "ids": ids_of(text)})
                except Exception as error:
                    chats.append({**one, "refused": str(error)})
    for turns, answer in SAMPLES:
        before, whole = render(turns, True), render([*turns, ("assistant", answer)], False)
        if not whole.startswith(before):
            samples.append({"messages": said(turns), "answer": answer, "border": None})
            continue
        prompt, both = ids_of(before), ids_of(whole)
        if both[: len(prompt)] != prompt:
            both = prompt + ids_of(whole[len(before) :])
        samples.append({"messages": said(turns), "answer": answer, "border": len(prompt), "ids": both})
    odd = [[("user", text)] for text in texts(CONTENT_SEED, CONTENTS, controls=False)]
    said_back = [render([*turns, ("assistant", turns[0][1][::-1])], False) for turns in odd]
    stop = [named, end_of(render([("user", "a"), ("assistant", "QXZJ")], False), "QXZJ")]
    return {
        **out, "chats": chats, "samples": samples,
        "contents": {"seed": CONTENT_SEED, "count": CONTENTS, "block": BLOCK, "rendered": blocks(said_back)},
        "stop": sorted({i for i in stop if i is not None}),
    }


RULE_COUNT, RULE_SEED = 1_000, 700_000
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}


WITH_SPACE = {**BYTES, "add_prefix_space": True, "use_regex": True}


def step(kind, **settings):
    return {"type": kind, **settings}


def marked(content, **rules):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **rules}


def rules():
    """name -> what is changed in the tokenizer of the SmolLM2 family: each way of cutting that a tokenizer.json may name."""
    splits = {
        f"split {behavior}{' inverted' if invert else ''}": {"pre_tokenizer": step("Split", pattern={"Regex": r"\p{N}|[\s.]"}, behavior=behavior, invert=invert)}
        for behavior, invert in [("Removed", False), ("Removed", True), ("Isolated", False), ("Isolated", True), ("Contiguous", False),
                                 ("MergedWithPrevious", False), ("MergedWithNext", False)]
    }
    pre = {
        "digits in runs": step("Digits", individual_digits=False),
        "bytes with a space in front": WITH_SPACE,
        "whitespace": step("Whitespace"),
        "whitespace only": step("WhitespaceSplit"),
        "punctuation": step("Punctuation", behavior="Isolated"),
        "punctuation in runs": step("Punctuation", behavior="Contiguous"),
        "fixed length": step("FixedLength", length=3),
        "metaspace": step("Metaspace", replacement="\u2581", prepend_scheme="always", split=True),
        "metaspace whole": step("Metaspace", replacement="\u2581", prepend_scheme="never", split=False),
        "letters that Unicode folds": step("Split", pattern={"Regex": "(?i:'s|'t|k)"}, behavior="Removed", invert=False),
        "split by any character": step("Split", pattern={"Regex": "."}, behavior="MergedWithPrevious", invert=False),
        "split by text": step("Split", pattern={"String": "."}, behavior="MergedWithPrevious", invert=False),
    }
    spaces = {
        "strip": {"normalizer": step("Strip", strip_left=True, strip_right=True)},
        "replace by dollars": {"normalizer": step("Replace", pattern={"String": "a"}, content="$&$$")},
    }
    tokens = {
        "tokens that take spaces before": {"token": marked("the", lstrip=True)},
        "tokens that take spaces behind": {"token": marked("'s", rstrip=True)},
        "tokens that are whole words": {"token": marked("a", single_word=True)},
    }
    return {**splits, **{name: {"pre_tokenizer": rule} for name, rule in pre.items()}, **spaces, **tokens}


def rule_ids():
    """For each rule the hashes of ids, as in `golden`."""
    base = json.loads((OUT / "smollm2/tokenizer.json").read_text())
    everything = texts(RULE_SEED, RULE_COUNT)
    out = []
    for name, change in rules().items():
        cut = change.get("pre_tokenizer")
        token = {**change["token"], "id": base["model"]["vocab"][change["token"]["content"]]} if "token" in change else None
        definition = {
            **base, "normalizer": change.get("normalizer"),
            "pre_tokenizer": cut if cut == WITH_SPACE else step("Sequence", pretokenizers=[cut, BYTES]) if cut else base["pre_tokenizer"],
            "added_tokens": [*base["added_tokens"], *([token] if token else [])],
        }
        tokenizer = tokenizers.Tokenizer.from_str(json.dumps(definition))
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in everything]
        changes = {key: definition[key] for key in ("normalizer", "pre_tokenizer", "added_tokens")}
        out.append({"name": name, "changes": changes, "ids": blocks([",".join(map(str, one)) for one in ids])})
    return {"seed": RULE_SEED, "count": RULE_COUNT, "block": BLOCK, "rules": out}


def load(folder, config):
    kept = {key: value for key, value in config.items() if key.endswith("_token") and isinstance(value, str)}
    return PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), chat_template=config.get("chat_template"), **kept)


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{path.relative_to(OUT.parents[2])}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", action="store_true", help="the published tokenizers that fetch.ts has fetched")
    if parser.parse_args().real:
        for folder in sorted(CACHE.iterdir()):
            source = json.loads((folder / "source.json").read_text())
            tokenizer = load(folder, json.loads((folder / "tokenizer_config.json").read_text()))
            write(OUT / "real" / f"{folder.name}.json", golden(tokenizer, {"real": True, **source}))
        return
    write(OUT / "rules.json", rule_ids())
    for name, (_, _, like) in families().items():
        folder = OUT / name
        tokenizer = load(folder, json.loads((folder / "tokenizer_config.json").read_text()))
        write(folder / "golden.json", golden(tokenizer, {"real": False, "like": like}))


if __name__ == "__main__":
    sys.exit(main())
