// Parses command-line options, in the same way for every command: --help, and a clear error for unknown options.
import { parseArgs } from "node:util";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { reasonOf } from "./json";

/** True when the module is the command itself and not imported. */
export const isMain = (url: string): boolean =>
  Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(url);

type Kinds = Record<string, "string" | "boolean">;

/** What was given: a value for each option that stood there, and in `_` the words that are no options. */
export type Given<K extends Kinds> = {
  [Name in keyof K]?: K[Name] extends "boolean" ? boolean : string;
} & { _: string[] };

/**
 * Parses `process.argv`. `kinds` maps an option to "string" or "boolean".
 * Prints `help` and exits on --help; exits 2 with one sentence on anything it does not know.
 */
export function options<const K extends Kinds>(
  help: string,
  kinds: K,
  argv = process.argv.slice(2),
): Given<K> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: {
        ...Object.fromEntries(Object.entries(kinds).map(([k, type]) => [k, { type }])),
        help: { type: "boolean", short: "h" },
      },
      allowPositionals: true,
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return { ...values, _: positionals } as Given<K>;
  } catch (thrown) {
    return usage(help, reasonOf(thrown));
  }
}

/** Refuses a command line. Exits 2. */
export function usage(help: string, message: string): never {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(2);
}
