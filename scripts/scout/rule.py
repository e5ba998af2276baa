"""scout, the rule of the house, in plain Python: the same rows as the lab picks, to the bit, given the same losses
(src/curriculum/strategies/scout.ts; what the rule is and why: docs/scout.md). Default settings of the lab.

    rule = Scout(prompts, seed, batch=8, steps_of_round=lambda k: 8, per_round=64)
    rows, chosen = rule.draw()        the next batch: its rows, and how many at the end of it were chosen
    rule.see(rows, chosen, losses)    their losses in the step that trained them, mean nats a target token
"""

import math

from draws import Random, sum_in_order
from neighbourhoods import neighbourhoods

SHARE, GRANT, FLOOR, RATE = 0.5, 4, 0.05, 0.125
TOKENS, FADING, REACH, ENOUGH, LEAST, NOTHING = 2, 2, 4, 4, 1e-4, 1e-9


class Stream:
    """Random order, row by row: what the lab's strategy `random` trains with this seed."""

    def __init__(self, size, seed, batch, steps_of_round, per_round):
        self.size, self.batch, self.steps_of_round, self.per_round = size, batch, steps_of_round, min(size, per_round)
        self.select, self.shuffles = Random(seed, "select"), Random(seed, "batch")
        self.round, self.left, self.pool, self.picks, self.waiting = 0, 0, [], [], []

    def take(self, count):
        rows = []
        while len(rows) < count:
            if self.left == 0:
                self._next_round()
            wanted = min(count - len(rows), self.left)
            while len(self.waiting) < wanted:
                self.waiting += self.shuffles.shuffle(self.picks)
            rows += self.waiting[:wanted]
            self.waiting = self.waiting[wanted:]
            self.left -= wanted
        return rows

    def _next_round(self):
        if len(self.pool) < self.per_round:
            waiting = set(self.pool)
            self.pool = self.pool + [i for i in self.select.shuffle(range(self.size)) if i not in waiting]
        self.picks, self.pool = self.pool[: self.per_round], self.pool[self.per_round :]
        self.round, self.waiting = self.round + 1, []
        self.left = self.steps_of_round(self.round) * self.batch


class Sights:
    """First sights of one neighbourhood: faded sums of 1, t, t², h, t·h, h² over rows trained t and headroom h."""

    def __init__(self):
        self.count, self.rows, self.sums = 0, 0, [0.0] * 6

    def mean(self):
        return self.sums[3] / self.sums[0] if self.count else None

    def add(self, loss):
        self.count += 1
        h, t, keep = headroom(loss), self.rows, (1 - 1 / self.count) ** FADING
        self.sums = [keep * old + new for old, new in zip(self.sums, (1, t, t * t, h, t * h, h * h))]

    def expected_fall(self, unseen):
        level, fall, deviation = self._belief(unseen)
        z = fall / deviation
        return min(level, max(0.0, fall * below(z) + deviation * density(z)))

    def _belief(self, unseen):
        if not self.count:
            return unseen, RATE * unseen, RATE * unseen + 1e-6
        w, t, tt, y, ty, yy = self.sums
        mean, at = y / w, t / w
        sxx, sxy = max(0.0, tt - t * at), ty - t * mean
        residual = max(0.0, yy - y * mean - (sxy * sxy / sxx if sxx > 1e-9 else 0))
        free = max(0, self.count - 2)
        variance = (free * residual / w + mean * (1 - mean) / 4 + 1e-4) / (free + 1)
        hoped = RATE * mean
        prior = 1 / (hoped + 1e-5) ** 2
        precision = sxx / variance + prior
        fall = (hoped * prior - sxy / variance) / precision
        return min(1.0, max(0.0, mean - fall * (self.rows - at))), fall, 1 / math.sqrt(precision)


class Drops:
    """Running mean of the drops of one half of the batches, over about the last REACH batches."""

    def __init__(self):
        self.count, self.mean, self.square = 0, 0.0, 0.0

    def add(self, drop, batch):
        weight = 1 / min(self.count + 1, REACH * batch)
        self.count += 1
        self.mean += weight * (drop - self.mean)
        self.square += weight * (drop * drop - self.square)

    def squared_error(self, batch):
        return max(LEAST, self.square - self.mean * self.mean) / min(self.count, REACH * batch)


class Scout:
    def __init__(self, prompts, seed, batch, steps_of_round, per_round, parts=None):
        self.batch, self.parts = batch, parts or neighbourhoods(prompts, seed)
        self.stream = Stream(len(prompts), seed, batch, steps_of_round, per_round)
        members = [[] for _ in range(max(self.parts) + 1)]
        for row, part in enumerate(self.parts):
            members[part].append(row)
        self.members = [Random(seed, f"neighbourhood {p}").shuffle(rows) for p, rows in enumerate(members)]
        self.sights, self.drawn = [Sights() for _ in members], [0] * len(members)
        self.choose, self.seen = Random(seed, "scout"), set()
        self.balance, self.random, self.chosen = GRANT * batch, Drops(), Drops()
        self.steps, self.given, self.unpaid = 0, 0, 0

    def draw(self):
        worth = self._worths()
        allowed = self._allowance(sum_in_order(worth) > NOTHING)
        rows = self.stream.take(self.batch - allowed)
        here = set(rows)
        for _ in range(allowed):
            part = self.choose.weighted(worth)
            order, at = self.members[part], self.drawn[part]
            while at < len(order) and (order[at] in here or order[at] in self.seen):
                at += 1
            self.drawn[part] = at + 1
            row = order[at % len(order)]
            here.add(row)
            rows.append(row)
        return rows, allowed

    def see(self, rows, chosen, losses):
        for at, (row, loss) in enumerate(zip(rows, losses)):
            if not math.isfinite(loss):
                continue
            own, picked, first = self.sights[self.parts[row]], at >= len(rows) - chosen, row not in self.seen
            own.rows += 1
            mean = own.mean()
            if first and mean is not None:
                (self.chosen if picked else self.random).add(mean - headroom(loss), self.batch)
            elif not first and picked:
                self.chosen.add(0.0, self.batch)
            if first:
                own.add(loss)
            self.seen.add(row)

    def _worths(self):
        known = [m for m in (s.mean() for s in self.sights) if m is not None]
        unseen = sum_in_order(known) / len(known) if known else 0.5
        size = len(self.parts)
        return [len(m) / size * s.expected_fall(unseen) for m, s in zip(self.members, self.sights)]

    def _allowance(self, wanted):
        balance = min(GRANT * self.batch, self.balance + FLOOR * self.batch)
        most = math.floor(SHARE * self.batch) if wanted else 0
        paid = self._paid()
        rows = most if paid else min(most, math.floor(balance))
        self.balance = balance if paid else balance - rows
        self.steps, self.given, self.unpaid = self.steps + 1, self.given + rows, self.unpaid + (0 if paid else rows)
        return rows

    def _paid(self):
        if self.random.count < ENOUGH or self.chosen.count < ENOUGH:
            return False
        error = math.sqrt(self.chosen.squared_error(self.batch) + self.random.squared_error(self.batch))
        return self.chosen.mean - max(0.0, self.random.mean) > error


def headroom(loss):
    """One less the chance that two answer tokens running are right."""
    return 1 - math.exp(-TOKENS * max(0.0, loss))


def density(z):
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def below(z):
    """The Normal distribution function, to 1e-7 (Abramowitz & Stegun 26.2.17), as the lab computes it."""
    t = 1 / (1 + 0.2316419 * abs(z))
    tail = density(z) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    return tail if z < 0 else 1 - tail
