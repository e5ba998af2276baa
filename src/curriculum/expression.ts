// A small safe language for tasks graded by tests: arithmetic, comparisons, text and a few functions over named
// inputs. No loops, no assignment, no access to anything: the work is bounded by the length of the text.
//
//   expr    = or ( "?" expr ":" expr )?          or = and ( "||" and )*        and = cmp ( "&&" cmp )*
//   cmp     = sum ( ("==" | "!=" | "<=" | ">=" | "<" | ">") sum )?
//   sum     = product ( ("+" | "-") product )*    product = unary ( ("*" | "/" | "%") unary )*
//   unary   = ("-" | "!") unary | power           power = atom ( "^" unary )?
//   atom    = number | "text" | true | false | name | name "(" expr, … ")" | "(" expr ")"

export type Value = number | string | boolean;

/** Why a text is no expression, or cannot be computed. */
export class ExpressionError extends Error {}

const MAX_LENGTH = 2000;
const MAX_DEPTH = 100;
const MAX_TEXT = 10_000;

const FUNCTIONS: Record<string, (args: Value[]) => Value> = {
  abs: ([x]) => Math.abs(num(x)),
  min: (args) => Math.min(...args.map(num)),
  max: (args) => Math.max(...args.map(num)),
  round: ([x]) => Math.round(num(x)),
  floor: ([x]) => Math.floor(num(x)),
  ceil: ([x]) => Math.ceil(num(x)),
  sqrt: ([x]) => Math.sqrt(num(x)),
  length: ([x]) => str(x).length,
  upper: ([x]) => str(x).toUpperCase(),
  lower: ([x]) => str(x).toLowerCase(),
  reverse: ([x]) => [...str(x)].reverse().join(""),
  slice: ([x, from, to]) => str(x).slice(num(from), to === undefined ? undefined : num(to)),
  contains: ([x, part]) => str(x).includes(str(part)),
};

function num(value: Value | undefined): number {
  if (typeof value === "number") return value;
  throw new ExpressionError(`expected a number, got ${JSON.stringify(value) ?? "nothing"}`);
}

function str(value: Value | undefined): string {
  if (typeof value === "string") return value;
  throw new ExpressionError(`expected a text, got ${JSON.stringify(value) ?? "nothing"}`);
}

function bool(value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw new ExpressionError(`expected true or false, got ${JSON.stringify(value)}`);
}

type Token = { kind: "number" | "text" | "name" | "sign" | "end"; text: string };

function tokenize(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw new ExpressionError(`longer than ${MAX_LENGTH} characters`);
  const pattern =
    /\s+|(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|"([^"\\\n]*)"|'([^'\\\n]*)'|([A-Za-z_]\w*)|(\|\||&&|[=!<>]=|[-+*/%^<>!?:(),])/gy;
  const out: Token[] = [];
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) throw new ExpressionError(`cannot read ${JSON.stringify(text.slice(at, at + 10))}`);
    const [, number, double, single, name, sign] = found;
    if (number !== undefined) out.push({ kind: "number", text: number });
    else if (double !== undefined || single !== undefined) out.push({ kind: "text", text: double ?? single });
    else if (name !== undefined) out.push({ kind: "name", text: name });
    else if (sign !== undefined) out.push({ kind: "sign", text: sign });
  }
  return [...out, { kind: "end", text: "the end" }];
}

/** Reads a text into something to compute; a branch that is not taken is read, but not computed. */
class Reader {
  #at = 0;
  #depth = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly inputs: Readonly<Record<string, Value>>,
  ) {}

  read(): () => Value {
    const value = this.#expr();
    if (this.#peek().kind !== "end") throw new ExpressionError(`unexpected ${this.#peek().text}`);
    return value;
  }

  #peek(): Token {
    return this.tokens[this.#at];
  }

  #take(...signs: string[]): string | null {
    const { kind, text } = this.#peek();
    if (kind !== "sign" || !signs.includes(text)) return null;
    this.#at++;
    return text;
  }

  #need(sign: string): void {
    if (this.#take(sign) === null) throw new ExpressionError(`expected ${sign} before ${this.#peek().text}`);
  }

  #expr(): () => Value {
    if (++this.#depth > MAX_DEPTH) throw new ExpressionError(`nested deeper than ${MAX_DEPTH}`);
    const condition = this.#binary(0);
    let result = condition;
    if (this.#take("?") !== null) {
      const yes = this.#expr();
      this.#need(":");
      const no = this.#expr();
      result = () => (bool(condition()) ? yes() : no());
    }
    this.#depth--;
    return result;
  }

  #binary(level: number): () => Value {
    if (level === LEVELS.length) return this.#unary();
    const { signs, once } = LEVELS[level];
    let left = this.#binary(level + 1);
    for (let sign = this.#take(...signs); sign !== null; sign = once ? null : this.#take(...signs)) {
      const [a, b, operator] = [left, this.#binary(level + 1), sign];
      if (operator === "||") left = () => bool(a()) || bool(b());
      else if (operator === "&&") left = () => bool(a()) && bool(b());
      else left = () => apply(operator, a(), b());
    }
    return left;
  }

  #unary(): () => Value {
    if (++this.#depth > MAX_DEPTH) throw new ExpressionError(`nested deeper than ${MAX_DEPTH}`);
    const sign = this.#take("-", "!");
    const result = sign === null ? this.#power() : this.#negated(sign, this.#unary());
    this.#depth--;
    return result;
  }

  #negated(sign: string, value: () => Value): () => Value {
    return sign === "-" ? () => -num(value()) : () => !bool(value());
  }

  #power(): () => Value {
    const base = this.#atom();
    if (this.#take("^") === null) return base;
    const exponent = this.#unary();
    return () => num(base()) ** num(exponent());
  }

  #atom(): () => Value {
    const { kind, text } = this.#peek();
    if (this.#take("(") !== null) {
      const inner = this.#expr();
      this.#need(")");
      return inner;
    }
    this.#at++;
    if (kind === "number") return () => Number(text);
    if (kind === "text") return () => text;
    if (kind !== "name") throw new ExpressionError(`unexpected ${text}`);
    if (text === "true" || text === "false") return () => text === "true";
    if (this.#take("(") !== null) return this.#call(text);
    if (!Object.hasOwn(this.inputs, text)) throw new ExpressionError(`there is no input called ${text}`);
    return () => this.inputs[text];
  }

  #call(name: string): () => Value {
    if (!Object.hasOwn(FUNCTIONS, name)) throw new ExpressionError(`there is no function called ${name}`);
    const args: (() => Value)[] = [];
    while (this.#take(")") === null) {
      if (args.length > 0) this.#need(",");
      args.push(this.#expr());
    }
    return () => FUNCTIONS[name](args.map((arg) => arg()));
  }
}

const LEVELS = [
  { signs: ["||"], once: false },
  { signs: ["&&"], once: false },
  { signs: ["==", "!=", "<=", ">=", "<", ">"], once: true },
  { signs: ["+", "-"], once: false },
  { signs: ["*", "/", "%"], once: false },
];

function apply(operator: string, a: Value, b: Value): Value {
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  if (operator === "+" && typeof a === "string") {
    const joined = a + str(b);
    if (joined.length > MAX_TEXT) throw new ExpressionError(`a text longer than ${MAX_TEXT} characters`);
    return joined;
  }
  const [x, y] = [num(a), num(b)];
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    case "%":
      return x - Math.floor(x / y) * y;
    case "<":
      return x < y;
    case ">":
      return x > y;
    case "<=":
      return x <= y;
    default:
      return x >= y;
  }
}

/** @throws ExpressionError saying what cannot be read or computed */
export function evaluateExpression(text: string, inputs: Readonly<Record<string, Value>>): Value {
  return new Reader(tokenize(text), inputs).read()();
}

export interface Test {
  inputs: Record<string, Value>;
  expect: Value;
}

/**
 * The share of tests an expression passes: one that cannot be read passes none, one that fails on some inputs
 * fails only those. Numbers count as equal within 1e-9 of their size.
 */
export function testShare(expression: string, tests: readonly Test[]): number {
  if (tests.length === 0) return 0;
  const passed = tests.filter(({ inputs, expect }) => {
    try {
      const got = evaluateExpression(expression, inputs);
      if (typeof got !== "number" || typeof expect !== "number") return got === expect;
      return Math.abs(got - expect) <= 1e-9 * Math.max(1, Math.abs(expect));
    } catch (thrown) {
      if (thrown instanceof ExpressionError) return false;
      throw thrown;
    }
  });
  return passed.length / tests.length;
}
