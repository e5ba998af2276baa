"""Makes the Parquet files that the tests read: a good one with every kind of column, and broken ones.

    python make_parquet.py

Needs pyarrow. Writes src/data/dataset/formats/parquet.fixture.parquet and e2e/golden/bad/parquet-*.
"""

import datetime
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "src/data/dataset/formats/parquet.fixture.parquet"
BAD = ROOT / "e2e/golden/bad"


def table(rows):
    """Rows of every kind that is read, and two nested columns that are not."""
    numbers = range(1, rows + 1)
    return pa.table(
        {
            "id": [f"sum-{i}" for i in numbers],
            "question": [f"What is {i} + {i}? é" for i in numbers],
            "answer": pa.array([2 * i for i in numbers], pa.int64()),
            "difficulty": pa.array([i / 4 for i in numbers], pa.float32()),
            "even": [i % 2 == 0 for i in numbers],
            "level_name": pa.array(["easy" if i < 4 else None for i in numbers]).dictionary_encode(),
            "large": pa.array([2**60 + i for i in numbers], pa.int64()),
            "day": pa.array([datetime.date(2026, 1, i) for i in numbers]),
            "steps": pa.array([[i, i] for i in numbers], pa.list_(pa.int32())),
            "about": pa.array([{"source": "made"} for _ in numbers]),
        }
    )


def bad(name, about, must_mention, content):
    folder = BAD / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.parquet").write_bytes(content)
    expected = {
        "format": "golden-bad", "version": 1, "name": name, "about": about,
        "feed": {"kind": "dataset", "path": "train.parquet"}, "must_reject": True, "must_mention": must_mention,
    }
    (folder / "expect.json").write_text(json.dumps(expected, indent=2) + "\n")


def written(rows, **options):
    sink = pa.BufferOutputStream()
    pq.write_table(table(rows), sink, **options)
    return sink.getvalue().to_pybytes()


def main():
    good = written(7, row_group_size=4, compression="snappy")
    GOOD.write_bytes(good)
    bad("parquet-truncated", "the last 100 bytes are missing", [["train.parquet"], ["parquet"], ["PAR1"]], good[:-100])
    # The first page's header says how large the page is; here it is overwritten.
    bad("parquet-page-damaged", "the first page's header is overwritten", [["train.parquet"], ["row 1"], ["damaged"]], good[:4] + b"\xff" * 24 + good[28:])
    bad("parquet-gzip", "packed by GZIP, which is not read", [["train.parquet"], ["gzip"], ["“id”", "row 1"]], written(3, compression="gzip"))


if __name__ == "__main__":
    main()
