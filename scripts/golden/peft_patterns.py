"""What PEFT reads out of rank_pattern and alpha_pattern: for each table of patterns and each module path the value that holds.

    python scripts/golden/peft_patterns.py        writes src/data/peft/patterns.fixture.json
"""

import json
from pathlib import Path

import peft
from peft.utils.other import get_pattern_key

PATHS = [
    "model.layers.0.self_attn.q_proj",
    "model.layers.1.self_attn.q_proj",
    "model.layers.10.self_attn.q_proj",
    "model.layers.1.mlp.down_proj",
    "model.layers.1.mlp.gate_proj",
]
GENERAL = 8
TABLES = [
    {},
    {"q_proj": 4},
    {"proj": 4},
    {"self_attn.q_proj": 4},
    {"layers.1.self_attn.q_proj": 4},
    {"model.layers.1.self_attn.q_proj": 4},
    {"^model.layers.1.self_attn.q_proj": 4},
    {"q_proj": 4, "model.layers.1.self_attn.q_proj": 2},
    {"model.layers.1.self_attn.q_proj": 2, "q_proj": 4},
    {r"layers\.1\..*_proj": 4},
    {r"(q|down)_proj": 4},
    {r"layers\.[01]\.mlp\.\w+": 4, "q_proj": 16},
    {r"layers\.\d+\.self_attn\.q_proj": 4},
]


def value(table: dict[str, int], path: str) -> int:
    return table.get(get_pattern_key(table.keys(), path), GENERAL)


if __name__ == "__main__":
    cases = [{"patterns": table, "values": [value(table, path) for path in PATHS]} for table in TABLES]
    target = Path(__file__).parents[2] / "src/data/peft/patterns.fixture.json"
    target.write_text(
        json.dumps({"peft": peft.__version__, "general": GENERAL, "paths": PATHS, "cases": cases}, indent=1) + "\n"
    )
