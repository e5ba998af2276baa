// Compares produced with expected numbers. The result is the error as a share of the tolerance: 1 is the largest
// that passes.
import type { Expectation } from "./spec";

/** A tensor on the host. */
export interface HostTensor {
  shape: readonly number[];
  values: ArrayLike<number>;
}

export interface Comparison {
  /** Worst error as a share of its tolerance; Infinity where something is missing, misshapen or not finite. */
  share: number;
  /** Empty when it passed. */
  message: string;
}

const failed = (message: string): Comparison => ({ share: Infinity, message });
const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** One tensor. `close`: |got − want| ≤ abs + rel · max|want|; `exact`: equal integers. */
export function compareTensor(
  name: string,
  got: HostTensor | null,
  want: HostTensor,
  rule: Expectation,
): Comparison {
  if (!got) return failed(`${name} was not produced`);
  if (!sameShape(got.shape, want.shape))
    return failed(`${name} has shape [${got.shape.join(", ")}], expected [${want.shape.join(", ")}]`);
  if (got.values.length !== want.values.length)
    return failed(`${name} has ${got.values.length} values, expected ${want.values.length}`);
  if (rule.compare === "exact") {
    for (let i = 0; i < want.values.length; i++) {
      if (got.values[i] !== want.values[i])
        return failed(`${name}[${i}] is ${got.values[i]}, expected ${want.values[i]}`);
    }
    return { share: 0, message: "" };
  }
  if (rule.compare !== "close") return failed(`${name}: unknown comparison "${rule.compare}"`);
  return close(name, got.values, want.values, rule);
}

function close(name: string, got: ArrayLike<number>, want: ArrayLike<number>, rule: Expectation): Comparison {
  let peak = 0;
  for (let i = 0; i < want.length; i++) {
    if (!Number.isFinite(want[i])) return failed(`${name}: the expected value [${i}] is ${want[i]}`);
    peak = Math.max(peak, Math.abs(want[i]));
  }
  const allowed = (rule.abs ?? 0) + (rule.rel ?? 0) * peak;
  let worst = 0;
  let at = -1;
  for (let i = 0; i < want.length; i++) {
    if (!Number.isFinite(got[i])) return failed(`${name}[${i}] is ${got[i]}, expected ${want[i]}`);
    const error = Math.abs(got[i] - want[i]);
    if (error > worst) [worst, at] = [error, i];
  }
  if (worst === 0) return { share: 0, message: "" };
  const share = worst / allowed;
  return {
    share,
    message: share <= 1 ? "" : `${name}[${at}] is ${got[at]}, expected ${want[at]} within ${allowed}`,
  };
}

/** What a check made, asked for by the name of an expected tensor. */
export type Produced = (name: string) => HostTensor | null;

/** All expectations of a check: the worst share, and every message. */
export function compareAll(
  expects: readonly Expectation[],
  expected: ReadonlyMap<string, HostTensor>,
  produced: Produced,
): Comparison {
  const all: Comparison[] = [];
  for (const rule of expects) {
    const names =
      rule.tensor !== undefined
        ? [rule.tensor]
        : [...expected.keys()].filter((n) => rule.prefix !== undefined && n.startsWith(rule.prefix));
    if (names.length === 0) all.push(failed(`no expected tensor begins with "${rule.prefix ?? ""}"`));
    for (const name of names) {
      const want = expected.get(name);
      all.push(
        want
          ? compareTensor(name, produced(name), want, rule)
          : failed(`the expected tensor ${name} is missing in the case`),
      );
    }
  }
  if (all.length === 0) return failed("the check expects nothing, so nothing was compared");
  const messages = all.filter((c) => c.message).map((c) => c.message);
  return {
    share: Math.max(...all.map((c) => c.share)),
    message:
      messages.slice(0, 3).join("; ") + (messages.length > 3 ? `; and ${messages.length - 3} more` : ""),
  };
}
