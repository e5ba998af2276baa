// Scales and ticks. A scale maps a domain to pixels; ticks are round numbers inside it.

export interface Scale {
  (value: number): number;
  domain: readonly [number, number];
  range: readonly [number, number];
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  const scale = (value: number): number => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
  return Object.assign(scale, { domain, range });
}

/** The step of 1, 2 or 5 × 10ⁿ that gives about `wanted` ticks. */
export function niceStep(span: number, wanted: number): number {
  const raw = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw || 1));
  const share = raw / power;
  return (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1) * power;
}

export function ticks(domain: readonly [number, number], wanted = 5): number[] {
  const [low, high] = domain;
  if (!(high > low)) return [low];
  const step = niceStep(high - low, wanted);
  const found: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    found.push(Number((i * step).toPrecision(12)));
  return found;
}

/** The smallest round number not below `value`: a scale's end that does not move with every record. */
export function niceCeil(value: number, wanted = 5): number {
  if (!(value > 0)) return 1;
  const step = niceStep(value, wanted);
  return Number((Math.ceil(value / step - 1e-9) * step).toPrecision(12));
}
