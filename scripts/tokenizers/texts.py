"""Texts made to be cut wrongly: odd spaces, digits of many scripts, contractions, combining marks, control tokens as text.

Seeded, and mirrored line by line by src/data/testing/adversarialTexts.ts, so that a golden file holds hashes of what
Python makes of ten thousand texts and not the texts. The pieces are in e2e/golden/tokenizers/pieces.json, for both.
"""

import json
from pathlib import Path

PIECES = json.loads((Path(__file__).resolve().parents[2] / "e2e/golden/tokenizers/pieces.json").read_text())
# JSON writes characters beyond U+FFFF as two halves; some pieces are such pairs and json joins them.
MASK = 0xFFFFFFFF


class Draws:
    """Mulberry32, as in src/data/testing/mutate.ts."""

    def __init__(self, seed):
        self.state = seed & MASK

    def below(self, n):
        self.state = (self.state + 0x6D2B79F5) & MASK
        t = (self.state ^ (self.state >> 15)) * (self.state | 1) & MASK
        t = (t ^ ((t + ((t ^ (t >> 7)) * (t | 61) & MASK)) & MASK)) & MASK
        return int(((t ^ (t >> 14)) & MASK) / 2**32 * n)

    def pick(self, values):
        return values[self.below(len(values))]


def text_of(draw, controls):
    """One text. `controls`: control tokens may stand in it."""
    kind = draw.below(10)
    if kind < 2:
        return " ".join(draw.pick(PIECES["words"]) for _ in range(1 + draw.below(12)))
    if kind < 4:
        out = ""
        for _ in range(1 + draw.below(16)):
            low, high = draw.pick(PIECES["ranges"])
            out += chr(low + draw.below(high - low + 1))
        return out
    out = ""
    for _ in range(2 + draw.below(11)):
        odd = draw.below(12)
        source = "controls" if odd == 0 and controls else "words" if odd == 1 else "odd"
        out += draw.pick(PIECES[source])
    return out


def texts(seed, count, controls=True):
    """`count` texts, each from a generator of its own."""
    return [text_of(Draws(seed + index), controls) for index in range(count)]
