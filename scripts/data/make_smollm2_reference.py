"""What PyTorch and transformers make of the SmolLM2 GGUF file: tensors, tokens and greedy continuations.

    pip install torch transformers gguf==0.19.0
    npx tsx scripts/smollm2/fetch.ts
    python scripts/data/make_smollm2_reference.py

writes src/data/gguf/smollm2.fixture.json. Tensors are the SHA-256 of their f32 bytes after dequantising, under
Hugging Face's names; continuations are greedy, in float32, end tokens ending them.
"""
import hashlib
import json
from pathlib import Path

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = Path(__file__).parents[2]
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
TEXTS = [
    "Hello, world!",
    "  two  spaces\n\n and\ttabs ",
    "it's 2024: naïve café — 学习 🙂",
    "<|im_start|>x<|im_end|>",
    "def f(x):\n    return x**2  # 12345 + 6.78",
    "I'LL don't we've   \r\n\r\n end",
    "ÀÉ ñandú Straße 123abc",
    "\n\n\n",
]
PROMPTS = ["What is gravity?", "Name three primary colours.", "A cell sends at 23 dBm and the cable loses 4 dB. Power?"]
NEW_TOKENS = 24

folder = ROOT / ".cache/models"
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=FILE, dtype=torch.float32)
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=FILE)


def digest(tensor: torch.Tensor) -> str:
    return hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()


chats = []
for prompt in PROMPTS:
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True
    )
    ids = tokenizer.encode(text, add_special_tokens=False)
    with torch.no_grad():
        out = model.generate(torch.tensor([ids]), max_new_tokens=NEW_TOKENS, do_sample=False)[0].tolist()
    chats.append({"prompt": prompt, "text": text, "ids": ids, "continuation": out[len(ids) :]})

reference = {
    "about": "Written by scripts/data/make_smollm2_reference.py.",
    "madeWith": {"torch": torch.__version__, "transformers": transformers.__version__},
    "file": FILE,
    "tensors": {name: digest(tensor) for name, tensor in model.state_dict().items() if name != "lm_head.weight"},
    "texts": [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False)} for text in TEXTS],
    "chats": chats,
}
out = ROOT / "src/data/gguf/smollm2.fixture.json"
out.write_text(json.dumps(reference, indent=1, ensure_ascii=False) + "\n")
print(f"{len(reference['tensors'])} tensors, {len(chats)} chats → {out}")
for chat in chats:
    print(repr(tokenizer.decode(chat["continuation"])))
