"""Random GGUF blocks of every type the lab reads, and the values the reference package `gguf` gives them.

    pip install gguf==0.19.0
    python scripts/data/make_gguf_blocks.py

writes src/data/gguf/blocks.fixture.json. Scales are drawn as ordinary halves, all other bytes uniformly, so
every bit pattern of the quantised values occurs. The values are stored as the bits of their f32 in base64.
"""
import base64
import json
from pathlib import Path

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

# Byte offsets of the half-precision scales inside a block.
HALVES = {
    "F32": [], "F16": [], "BF16": [], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
}
BLOCKS = 6

rng = np.random.default_rng(7)
cases = []
for name, halves in HALVES.items():
    kind = GGMLQuantizationType[name]
    values, size = GGML_QUANT_SIZES[kind]
    blocks = BLOCKS * 32 if values == 1 else BLOCKS
    raw = rng.integers(0, 256, (blocks, size), dtype=np.uint8)
    if values == 1:
        wide = rng.normal(size=blocks).astype(np.float32)
        bits = {"F32": wide, "F16": wide.astype(np.float16), "BF16": (wide.view(np.uint32) >> 16).astype(np.uint16)}
        raw = bits[name].view(np.uint8).reshape(blocks, size)
    for at in halves:
        raw[:, at : at + 2] = rng.normal(scale=0.05, size=(blocks, 1)).astype(np.float16).view(np.uint8)
    wanted = np.asarray(dequantize(raw.reshape(1, -1), kind), dtype=np.float32).reshape(-1)
    assert wanted.size == blocks * values and np.isfinite(wanted).all()
    cases.append({
        "type": name,
        "id": int(kind),
        "bytes": base64.b64encode(raw.tobytes()).decode(),
        "values": base64.b64encode(wanted.tobytes()).decode(),
    })

out = Path(__file__).parents[2] / "src/data/gguf/blocks.fixture.json"
about = "Written by scripts/data/make_gguf_blocks.py with gguf 0.19.0; values are f32 bits in base64."
out.write_text(json.dumps({"about": about, "cases": cases}, indent=1) + "\n")
print(f"{len(cases)} types → {out}")
