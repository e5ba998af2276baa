"""Where the scripts of this folder find things in a clone of the project, whatever folder they are started from."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHECKPOINT = ROOT / "public/models/tiny"  # the shipped base model, plain Hugging Face files
POOLS = ROOT / "public/pools"  # {pool}_{train|test}.jsonl
RESULTS = HERE / "results"
