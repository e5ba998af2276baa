// Repeats marked lines of a shader. Register tiles need one variable a row, since an array with a running index would
// live in memory; written out by hand that is the same line sixteen times.

/**
 * Every line that ends in `// × NAME` is repeated `counts.NAME` times with `#` replaced by 0, 1, 2 …
 * @throws Error for a NAME that `counts` does not have
 */
export function unroll(source: string, counts: Readonly<Record<string, number>>): string {
  return source
    .split("\n")
    .flatMap((line) => {
      const marked = /^(.*?)\s*\/\/ × (\w+)$/.exec(line);
      if (!marked) return [line];
      const [, text, name] = marked;
      const count = counts[name] as number | undefined;
      if (count === undefined) throw new Error(`unroll: no count for ${name}`);
      return Array.from({ length: count }, (_, i) => text.replaceAll("#", String(i)));
    })
    .join("\n");
}
