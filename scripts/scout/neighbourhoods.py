"""The lab's neighbourhoods of a pool, to the bit: words and pairs of words, hashed, weighed by rarity, spherical k-means
(src/curriculum/scout/grams.ts, neighbourhoods.ts). Single precision is kept where the lab keeps it."""

import math
import unicodedata

import numpy as np
from draws import Random, fnv, sum_in_order

BUCKETS, SAMPLE, PASSES, MOST = 1024, 4096, 10, 128


def words_of(text):
    """Words in lower case; every number is the word 0, every other sign its own."""
    words, kind = [], None
    for sign in text.lower():
        category = unicodedata.category(sign)[0]
        own = category if category in "LN" else None
        if own and own == kind:
            words[-1] += sign
        elif own or not (sign.isspace() or sign == "\ufeff"):
            words.append(sign)
        kind = own
    return ["0" if unicodedata.category(word[0])[0] == "N" else word for word in words]


def bucket_of(gram):
    value = fnv(gram)
    return ((value >> 16) ^ value) & (BUCKETS - 1)


def unit(vector):
    """To length 1 in single precision; an empty one stays."""
    square = sum_in_order((vector.astype(np.float64) ** 2).tolist())
    return vector if square == 0 else (vector * (1 / math.sqrt(square))).astype(np.float32)


def sparse_rows(texts):
    """A list of (bucket [E], weight [E] float32) a text."""
    counts, having = [], [0] * BUCKETS
    for text in texts:
        words, own = words_of(text), {}
        for gram in words + [f"{a} {b}" for a, b in zip(words, words[1:])]:
            own[bucket_of(gram)] = own.get(bucket_of(gram), 0) + 1
        for bucket in own:
            having[bucket] += 1
        counts.append(own)
    rarity = [max(0.0, math.log(len(texts) / (1 + n))) for n in having]
    rows = []
    for own in counts:
        weight = np.array([n * rarity[bucket] for bucket, n in own.items()], dtype=np.float32)
        rows.append((list(own), unit(weight)))
    return rows


def dense(row):
    out = np.zeros(BUCKETS, dtype=np.float32)
    for bucket, weight in zip(*row):
        out[bucket] += weight
    return out


def similarity(row, centre):
    return sum_in_order(float(weight) * float(centre[bucket]) for bucket, weight in zip(*row))


def nearest_of(rows, centres):
    """For each row the centre it is most like, the first of equals."""
    table = np.stack(centres, 1).astype(np.float64)
    out = []
    for row in rows:
        like = np.zeros(len(centres))
        for bucket, weight in zip(*row):
            like += float(weight) * table[bucket]
        out.append(int(like.argmax()))
    return out


def seeded(rows, sample, wanted, random):
    """k-means++: each centre a row drawn at random, the likelier the less it is like those before it."""
    centres = [dense(rows[sample[0]])]
    far = [1 - similarity(rows[row], centres[0]) for row in sample]
    while len(centres) < wanted:
        left = random.next() * sum_in_order(max(0.0, x) for x in far)
        at = -1
        for i, x in enumerate(far):
            left -= max(0.0, x)
            if left < 0:
                at = i
                break
        if at < 0:
            at = random.below(len(sample))
        centre = dense(rows[sample[at]])
        centres.append(centre)
        far = [min(x, 1 - similarity(rows[row], centre)) for x, row in zip(far, sample)]
    return centres


def moved(rows, sample, centres):
    """One pass of k-means, in place. Returns whether any centre moved."""
    sums = [np.zeros(BUCKETS, dtype=np.float32) for _ in centres]
    for row, c in zip(sample, nearest_of([rows[i] for i in sample], centres)):
        for bucket, weight in zip(*rows[row]):
            sums[c][bucket] += weight
    changed = False
    for c, total in enumerate(sums):
        if not total.any():
            continue
        total = unit(total)
        changed = changed or bool((total != centres[c]).any())
        centres[c] = total
    return changed


def neighbourhoods(texts, seed):
    """The number of its neighbourhood a text, the largest first."""
    rows, random = sparse_rows(texts), Random(seed, "neighbourhoods")
    wanted = max(1, min(MOST, math.floor(math.sqrt(len(texts)) + 0.5)))
    sample = random.sample(range(len(texts)), SAMPLE)
    centres = seeded(rows, sample, min(wanted, len(texts)), random)
    for _ in range(PASSES):
        if not moved(rows, sample, centres):
            break
    nearest = nearest_of(rows, centres)
    sizes = {}
    for c in nearest:
        sizes[c] = sizes.get(c, 0) + 1
    number = {c: i for i, (c, _) in enumerate(sorted(sizes.items(), key=lambda x: (-x[1], x[0])))}
    return [number[c] for c in nearest]
