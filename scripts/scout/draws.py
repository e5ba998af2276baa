"""The lab's seeded random numbers, to the bit: the n-th draw depends on seed, stream name and n alone (src/curriculum/random.ts)."""

MASK = 0xFFFFFFFF


def pcg(word):
    """PCG output permutation of one 32-bit word (Jarzynski & Olano 2020)."""
    state = (word * 747796405 + 2891336453) & MASK
    mixed = (((state >> ((state >> 28) + 4)) ^ state) * 277803737) & MASK
    return (mixed >> 22) ^ mixed


def fnv(text):
    """32-bit FNV-1a over UTF-16 code units."""
    units = text.encode("utf-16-le")
    value = 2166136261
    for low, high in zip(units[::2], units[1::2]):
        value = ((value ^ (low | high << 8)) * 16777619) & MASK
    return value


def mix_key(seed, *parts):
    key = pcg(seed & MASK)
    for part in parts:
        key = pcg(key ^ pcg(part & MASK))
    return key


class Random:
    def __init__(self, seed, stream):
        self.low, self.high = mix_key(seed, fnv(stream)), mix_key(seed, fnv(stream), 1)
        self.counter = 0

    def bits(self):
        n, self.counter = self.counter, self.counter + 1
        return pcg((pcg((n ^ self.low) & MASK) + self.high) & MASK)

    def next(self):
        """Uniform in [0, 1)."""
        return self.bits() / 4294967296

    def below(self, n):
        """Uniform whole number in [0, n)."""
        limit = 4294967296 - 4294967296 % n
        while (bits := self.bits()) >= limit:
            pass
        return bits % n

    def weighted(self, weights):
        """An index, drawn with the given weights."""
        left = self.next() * sum_in_order(weights)
        for i, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return i
        return weights.index(max(weights))

    def shuffle(self, items):
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out

    def sample(self, items, count):
        out = list(items)
        taken = min(count, len(out))
        for i in range(taken):
            j = i + self.below(len(out) - i)
            out[i], out[j] = out[j], out[i]
        return out[:taken]


def sum_in_order(values):
    """Plain left-to-right sum: Python's own `sum` of floats compensates since 3.12, the lab's does not."""
    total = 0.0
    for value in values:
        total += value
    return total
