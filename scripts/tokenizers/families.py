"""Small tokenizers and chat templates with the structure of well-known families, rebuilt: none of their files is here.

    python3 scripts/tokenizers/families.py        writes e2e/golden/tokenizers/FAMILY/{tokenizer,tokenizer_config}.json

Each has its family's normalizer, pre-tokenizer, kind of merges, post-processor, decoder, control tokens with their
settings, and a template of our own words that does what the family's does: the same turns, default texts, trimming and
generation prompt. The vocabularies (about a thousand tokens) are trained on the words of pieces.json and of the README.
"""

import json
import re
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from texts import PIECES, texts

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "e2e/golden/tokenizers"
CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
AFTER = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def words_of(numbers):
    return CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|" + numbers + AFTER


def corpus():
    """Prose, and some of the odd texts, so that odd characters are in merges too."""
    readme = re.sub(r"<!--.*?-->", "", (ROOT / "README.md").read_text())
    return readme.splitlines(keepends=True)[:200] + PIECES["words"] * 3 + texts(900000, 400, controls=False)


def byte_level(cut, normalizer=None, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    tokenizer.pre_tokenizer = cut
    tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=1000, show_progress=False, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(corpus(), trainer)
    return json.loads(tokenizer.to_str())


def split_then_bytes(pattern):
    from tokenizers import Regex

    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])


def sentence_piece(first, normalizer, pre_tokenizer, decoder):
    """Merges of characters with spaces written as U+2581, and a token for each byte that no character token covers."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    trainer = trainers.BpeTrainer(vocab_size=700, show_progress=False, limit_alphabet=150)
    tokenizer.train_from_iterator([line for line in corpus() if line.isascii()], trainer)
    trained = json.loads(tokenizer.to_str())["model"]
    tokens = first + [f"<0x{byte:02X}>" for byte in range(256)]
    tokens += [token for token, _ in sorted(trained["vocab"].items(), key=lambda entry: entry[1]) if token not in set(tokens)]
    model = {**trained, "vocab": {token: index for index, token in enumerate(tokens)}, "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": None, "decoder": decoder, "model": model}


def with_controls(definition, controls, plain=(), rstrip=()):
    """Adds control tokens, and `plain` ones that are found whole but are no control tokens."""
    vocab = definition["model"]["vocab"]
    start = max(vocab.values()) + 1
    added = []
    for content in [*controls, *plain]:
        if content in vocab:
            index = vocab[content]
        else:
            index, start = start, start + 1
        added.append({"id": index, "content": content, "single_word": False, "lstrip": False, "rstrip": content in rstrip,
                      "normalized": False, "special": content not in plain})
    return {**definition, "added_tokens": sorted(added, key=lambda token: token["id"])}


def begins_with(definition, token):
    index = next(t["id"] for t in definition["added_tokens"] if t["content"] == token)
    single = [{"SpecialToken": {"id": token, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    pair = single + [{"SpecialToken": {"id": token, "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}]
    step = {"type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": {token: {"id": token, "ids": [index], "tokens": [token]}}}
    return {**definition, "post_processor": step}


CHATML_TURNS = """{%- for turn in messages %}
    {{- '<|im_start|>' + turn.role + '\\n' + turn.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""


def chatml(default):
    return "{%- if messages[0].role != 'system' %}\n    {{- '<|im_start|>system\\n" + default + "<|im_end|>\\n' }}\n{%- endif %}\n" + CHATML_TURNS


QWEN3 = """{%- set last = namespace(question=messages|length - 1, seen=false) %}
{%- for turn in messages[::-1] %}
    {%- if not last.seen and turn.role == 'user' %}
        {%- set last.question = messages|length - 1 - loop.index0 %}
        {%- set last.seen = true %}
    {%- endif %}
{%- endfor %}
{%- for turn in messages %}
    {%- if turn.role == 'assistant' %}
        {%- set thought = '' %}
        {%- set said = turn.content %}
        {%- if '</think>' in said %}
            {%- set parts = said.split('</think>') %}
            {%- set said = parts[-1].lstrip('\\n') %}
            {%- set opened = parts[0].rstrip('\\n').split('<think>') %}
            {%- set thought = opened[-1].lstrip('\\n') %}
        {%- endif %}
        {{- '<|im_start|>assistant\\n' }}
        {%- if loop.index0 > last.question and (loop.last or thought) %}
            {{- '<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + said.lstrip('\\n') }}
        {%- else %}
            {{- said }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + turn.role + '\\n' + turn.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""

LLAMA32 = """{{- bos_token }}
{%- set today = date_string if date_string is defined else (strftime_now('%d %b %Y') if strftime_now is defined else '26 Jul 2024') %}
{%- set told = messages[0]['content']|trim if messages[0]['role'] == 'system' else '' %}
{%- set turns = messages[1:] if messages[0]['role'] == 'system' else messages %}
{{- '<|start_header_id|>system<|end_header_id|>\\n\\nKnows of 2023; today is ' + today + '\\n\\n' + told + '<|eot_id|>' }}
{%- for turn in turns %}
    {{- '<|start_header_id|>' + turn['role'] + '<|end_header_id|>\\n\\n' + turn['content']|trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

GEMMA3 = """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set before = messages[0]['content'] + '\\n\\n' -%}
    {%- set turns = messages[1:] -%}
{%- else -%}
    {%- set before = '' -%}
    {%- set turns = messages -%}
{%- endif -%}
{%- for turn in turns -%}
    {%- if turn['role'] != ('assistant' if loop.index0 % 2 else 'user') -%}
        {{ raise_exception('User and assistant have to take turns.') }}
    {%- endif -%}
    {%- set who = 'model' if turn['role'] == 'assistant' else turn['role'] -%}
    {{ '<start_of_turn>' + who + '\\n' + (before if loop.first else '') + turn['content'] | trim + '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{ '<start_of_turn>model\\n' }}
{%- endif -%}
"""

PHI3 = """{%- for turn in messages -%}
    {{ '<|' + turn['role'] + '|>\\n' + turn['content'] + '<|end|>\\n' }}
{%- endfor -%}
{{ '<|assistant|>\\n' if add_generation_prompt else eos_token }}"""

CHATML = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TOOLS = ["<tool_call>", "</tool_call>"]
REPLACE_SPACE = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
BYTES_TO_TEXT = [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]


def qwen(controls_of_family):
    return with_controls(byte_level(split_then_bytes(words_of(r"\p{N}")), normalizers.NFC()), CHATML, controls_of_family)


def families():
    """name -> (tokenizer.json, tokenizer_config.json, what it is like)."""
    gemma = sentence_piece(
        ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"], REPLACE_SPACE,
        {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        {"type": "Sequence", "decoders": BYTES_TO_TEXT},
    )
    phi = sentence_piece(
        ["<unk>", "<s>", "</s>"], {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, REPLACE_SPACE]}, None,
        {"type": "Sequence", "decoders": [*BYTES_TO_TEXT, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
    )
    turns = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
    llama = with_controls(
        byte_level(split_then_bytes(words_of(r"\p{N}{1,3}")), ignore_merges=True),
        ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>"],
    )
    smollm = with_controls(
        byte_level(pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)])), CHATML
    )
    chat = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    return {
        "qwen2.5": (qwen(TOOLS), {**chat, "chat_template": chatml("You are a helpful assistant.")}, "Qwen2.5 Instruct"),
        "qwen3": (qwen([*TOOLS, "<think>", "</think>"]), {**chat, "chat_template": QWEN3}, "Qwen3"),
        "llama-3.2": (begins_with(llama, "<|begin_of_text|>"),
                      {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>", "clean_up_tokenization_spaces": True, "chat_template": LLAMA32},
                      "Llama 3.2 Instruct"),
        "smollm2": (smollm, {"bos_token": "<|im_start|>", **chat, "chat_template": chatml("You are a helpful AI assistant.")}, "SmolLM2 Instruct"),
        "gemma-3": (begins_with(with_controls(gemma, ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]), "<bos>"),
                    {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>", "chat_template": GEMMA3}, "Gemma 3 it"),
        "phi-3": (with_controls(phi, ["<unk>", "<s>", "<|endoftext|>", *turns, "</s>"], rstrip=["</s>", *turns]),
                  {"bos_token": "<s>", "eos_token": "<|endoftext|>", "unk_token": "<unk>", "chat_template": PHI3}, "Phi-3 mini"),
        "base": (qwen(TOOLS), {"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}, "a base model without a chat template (Qwen2.5's tokenizer)"),
    }


def main():
    for name, (definition, config, _) in families().items():
        folder = OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, value in [("tokenizer.json", definition), ("tokenizer_config.json", {**config, "tokenizer_class": "PreTrainedTokenizerFast"})]:
            (folder / file).write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    sys.exit(main())
