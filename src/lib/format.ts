// Formats numbers for people: with unit, thousands separators and no more digits than are meaningful.

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** 12,060 */
export function count(value: number): string {
  return whole.format(value);
}

/** "1 pick", "64 picks"; pass the plural where it is irregular. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 0.62 → "62 %" */
export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** 1.234 → "1.23", 0.0421 → "0.042", 0.00318 → "0.0032": small scores keep two digits. */
export function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size === 0 || size >= 0.0995 ? 2 : size >= 0.00995 ? 3 : 4);
}

/** 1.234 → "1.23 nats"; the unit may be bits. */
export function score(value: number, unit = "nats"): string {
  return Number.isFinite(value) ? `${digits(value)}${unit === "none" ? "" : ` ${unit}`}` : "not scored";
}

/** 2.2 MB; decimal units, as browsers and disks print them. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${rest >= 100 || unit === 0 ? whole.format(rest) : rest.toFixed(1)} ${units[unit]}`;
}

/** 940 ms → "0.9 s", 40 s → "40 s", 100 s → "1 min 40 s", 2 h → "2 h 5 min". */
export function duration(ms: number): string {
  const s = ms / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 90) return `${Math.round(s)} s`;
  const minutes = Math.floor(Math.round(s) / 60);
  if (minutes < 60) {
    const rest = Math.round(s) % 60;
    return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  }
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A length of time that is only a guess: 38 s → "40 s", 97 s → "2 min". */
export function roughly(ms: number): string {
  const s = ms / 1000;
  if (s < 10) return `${Math.max(1, Math.round(s))} s`;
  if (s < 60) return `${Math.round(s / 5) * 5} s`;
  if (s < 100) return `${Math.round(s / 15) * 15} s`;
  return `${Math.round(s / 60)} min`;
}

/** 18,693 → "19k": for chart axes, where room is short. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${trim(value / 1e9)}B`;
  if (size >= 1e6) return `${trim(value / 1e6)}M`;
  if (size >= 1e4) return `${trim(value / 1e3)}k`;
  if (size >= 1000) return whole.format(value);
  return trim(value);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** "a, b and c" */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
