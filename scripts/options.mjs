// Command line options, the same way in every command: --help, clear refusal of what is unknown.
import { parseArgs } from "node:util";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** True when the module is the command itself and not imported. */
export const isMain = (url) =>
  Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(url);

/**
 * Parses `process.argv`. `kinds` maps an option to "string" or "boolean".
 * Prints `help` and exits on --help; exits 2 with one sentence on anything it does not know.
 * @returns {Record<string, any> & { _: string[] }}
 */
export function options(help, kinds, argv = process.argv.slice(2)) {
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
    return { ...values, _: positionals };
  } catch (thrown) {
    return usage(help, thrown.message);
  }
}

/** Refuses a command line. Exits 2. */
export function usage(help, message) {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(2);
}
