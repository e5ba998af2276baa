"""Makes the Parquet files that the tests read: a good one with every kind of column, and broken ones.

    python make_parquet.py

Needs pyarrow. Writes src/data/dataset/formats/parquet.fixture.parquet, messages.fixture.parquet and their JSON beside it,
and e2e/golden/bad/parquet-*.
"""

import datetime
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "src/data/dataset/formats/parquet.fixture.parquet"
CHATS = ROOT / "src/data/dataset/formats/messages.fixture.parquet"
BAD = ROOT / "e2e/golden/bad"


def table(rows):
    """Rows of every kind that is read."""
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


def chats():
    """Conversations as datasets have them: lists of role and content, of any length, with empty and missing parts."""
    turn = pa.struct([("role", pa.string()), ("content", pa.string())])
    rows = [
        {
            "messages": [
                *([{"role": "system", "content": "Be short."}] if i % 2 else []),
                *(
                    {"role": role, "content": text}
                    for n in range(1, i % 3 + 2)
                    for role, text in (("user", f"{i} × {n}? é"), ("assistant", str(i * n)))
                ),
            ],
            "choices": ["a", "b"] if i != 3 else [],
            "about": {"source": "made", "place": {"page": i}} if i != 4 else None,
            "grid": [[i], [], [i, i + 1]],
        }
        for i in range(1, 7)
    ]
    rows[5]["messages"] = None
    fields = [
        ("messages", pa.list_(turn)),
        ("choices", pa.list_(pa.string())),
        ("about", pa.struct([("source", pa.string()), ("place", pa.struct([("page", pa.int64())]))])),
        ("grid", pa.list_(pa.list_(pa.int32()))),
    ]
    nested = pa.Table.from_pylist(rows, schema=pa.schema(fields))
    scores = pa.array([[("right", i)] for i in range(1, 7)], pa.map_(pa.string(), pa.int32()))
    pq.write_table(nested.append_column("scores", scores), CHATS, row_group_size=4, compression="snappy")
    CHATS.with_suffix(".json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


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
    chats()
    bad("parquet-truncated", "the last 100 bytes are missing", [["train.parquet"], ["parquet"], ["PAR1"]], good[:-100])
    # The first page's header says how large the page is; here it is overwritten.
    bad("parquet-page-damaged", "the first page's header is overwritten", [["train.parquet"], ["row 1"], ["damaged"]], good[:4] + b"\xff" * 24 + good[28:])
    bad("parquet-gzip", "packed by GZIP, which is not read", [["train.parquet"], ["gzip"], ["“id”", "row 1"]], written(3, compression="gzip"))


if __name__ == "__main__":
    main()
