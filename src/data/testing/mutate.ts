// Test helper: damages files the way disks, downloads and spite do. Seeded: the same number gives the same damage.

export interface Draw {
  /** 0 … n − 1 */
  below: (n: number) => number;
  pick: <T>(from: readonly T[]) => T;
}

/** Mulberry32: small, and the same everywhere. */
export function draws(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, pick: (from) => from[below(from.length)]! };
}

const HUGE = [
  0n,
  1n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const splice = (bytes: Uint8Array, at: number, drop: number, add: Uint8Array): Uint8Array => {
  const out = new Uint8Array(bytes.length - drop + add.length);
  out.set(bytes.subarray(0, at));
  out.set(add, at);
  out.set(bytes.subarray(at + drop), at + add.length);
  return out;
};

/** Damages `bytes`, before `headerEnd`, one to four times. */
export function mutateBytes(bytes: Uint8Array, headerEnd: number, { below, pick }: Draw): Uint8Array {
  let out: Uint8Array<ArrayBufferLike> = bytes.slice();
  for (let edits = 1 + below(1 + below(4)); edits > 0 && out.length > 8; edits--) {
    const end = Math.min(headerEnd, out.length);
    const at = below(end);
    const length = Math.min(out.length - at, 1 + below(24));
    switch (below(9)) {
      case 0:
        out[at] = below(256);
        break;
      case 1:
        out[at]! ^= 1 << below(8);
        break;
      case 2:
      case 3:
        // A count, a length or an offset, wherever it lies.
        if (at + 8 <= out.length) new DataView(out.buffer).setBigUint64(at, pick(HUGE), true);
        break;
      case 4:
        if (at + 4 <= out.length)
          new DataView(out.buffer).setUint32(at, Number(pick(HUGE) & 0xffffffffn), true);
        break;
      case 5:
        out = out.slice(0, below(2) ? at : below(out.length));
        break;
      case 6:
        out = splice(out, at, length, new Uint8Array());
        break;
      case 7:
        out = splice(out, at, 0, out.slice(at, at + length));
        break;
      default:
        out.fill(pick([0, 255, 0x7b, 0x22]), at, at + length);
    }
  }
  return out;
}

const NUMBERS = [
  "-1",
  "0",
  "1.5",
  "1e9",
  "1e400",
  "9007199254740993",
  "18446744073709551616",
  "2147483648",
  "-0",
  "NaN",
];
const VALUES = [
  "null",
  "true",
  '""',
  "[]",
  "{}",
  "[[[[]]]]",
  '"4"',
  '{"__proto__":{"x":1}}',
  "[1,[2,[3]]]",
  '"\\ud800"',
];

/** Damages the text of a JSON file: numbers, values, names, brackets; some results stay valid JSON. */
export function mutateJson(text: string, { below, pick }: Draw): string {
  let out = text;
  for (let edits = 1 + below(1 + below(3)); edits > 0; edits--) {
    const spots = (pattern: RegExp) => [...out.matchAll(pattern)].map((m) => [m.index, m[0].length] as const);
    const replace = (pattern: RegExp, by: (old: string) => string): void => {
      const all = spots(pattern);
      if (all.length === 0) return;
      const [at, length] = pick(all);
      out = out.slice(0, at) + by(out.slice(at, at + length)) + out.slice(at + length);
    };
    switch (below(8)) {
      case 0:
      case 1:
        replace(/-?\d+(\.\d+)?([eE][-+]?\d+)?/g, () => pick(NUMBERS));
        break;
      case 2:
        replace(/("[^"\\]*"|-?\d[\d.eE+-]*|true|false|null)(?=\s*[,\]}])/g, () =>
          pick([...VALUES, ...NUMBERS]),
        );
        break;
      case 3:
        replace(/"[^"\\]+"(?=\s*:)/g, () =>
          pick(['"__proto__"', '"constructor"', '"length"', '"type"', '""']),
        );
        break;
      case 4:
        replace(/"[^"\\]*"/g, (old) => (below(2) ? `"${"a".repeat(below(4000))}"` : old.toUpperCase()));
        break;
      case 5:
        replace(/[[\]{},:"]/g, () => pick(["", "[", "]", "{", "}", ",", ":", '"', "[".repeat(5000)]));
        break;
      case 6:
        out = out.slice(0, below(out.length + 1));
        break;
      default: {
        const [from, to] = [below(out.length + 1), below(out.length + 1)];
        out = out.slice(0, to) + out.slice(from, from + below(200)) + out.slice(to);
      }
    }
  }
  return out;
}

/** Damages a text file of rows as editors, exports and spite do: quotes, separators, line ends, nesting, names twice. */
export function mutateText(text: string, { below, pick }: Draw): string {
  let out = text;
  for (let edits = 1 + below(1 + below(3)); edits > 0; edits--) {
    const at = below(out.length + 1);
    const insert = (what: string) => (out = out.slice(0, at) + what + out.slice(at));
    const lines = out.split("\n");
    const line = below(lines.length);
    switch (below(10)) {
      case 0:
        insert(
          pick(['"', "'", ",", ";", "\t", "\r", "\n", "\0", "\uFEFF", "\\", "{", "}", "[", "]", "\u2028"]),
        );
        break;
      case 1:
        insert(pick(["[", "{", '{"a":', "("]).repeat(pick([10, 1000, 100_000])));
        break;
      case 2:
        insert(pick(["x", '"', ",", " ", "\n", "\u00e9"]).repeat(pick([100, 20_000, 200_000])));
        break;
      case 3:
        out = out.replace(/"[^"\\]{1,40}"\s*:/, (key) => `${key}1,${key}`);
        break;
      case 4:
        out = out.replace(
          pick(["prompt", "answer", "question"]),
          pick(["__proto__", "constructor", "", "answer"]),
        );
        break;
      case 5:
        lines.splice(line, 0, ...Array<string>(pick([1, 50])).fill(lines[line]!));
        out = lines.join(pick(["\n", "\r\n", "\r"]));
        break;
      case 6:
        lines.splice(line, 1 + below(3));
        out = lines.join("\n");
        break;
      case 7:
        out = out.slice(0, at);
        break;
      case 8:
        out = out.replace(/\d+/, () => pick(NUMBERS));
        break;
      default: {
        const from = below(out.length + 1);
        insert(out.slice(from, from + below(400)));
      }
    }
  }
  return out;
}
