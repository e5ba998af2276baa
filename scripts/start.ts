// `npm start`: builds the page if its sources changed, serves it, and opens a browser where there is a screen.
import { spawn } from "node:child_process";
import { options, usage } from "./options";
import type { Site } from "./serve";
import { openSite } from "./site";

const HELP = `Serves Proximal on this machine.

  npm start [-- --port N] [-- --no-open]

  --port N    the port to use (default 4173, or a free one where that is taken)
  --no-open   do not open a browser
`;
/** Always the same where possible: what the page stores belongs to its origin, port included. */
const DEFAULT_PORT = 4173;

function openBrowser(url: string): void {
  const command =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : process.env.DISPLAY || process.env.WAYLAND_DISPLAY
          ? ["xdg-open", url]
          : null;
  if (!command) return;
  const child = spawn(command[0], command.slice(1), { stdio: "ignore", detached: true });
  // No opener installed: the address is on the screen anyway.
  child.on("error", () => {});
  child.unref();
}

const args = options(HELP, { port: "string", "no-open": "boolean" });
const asked = args.port === undefined ? null : Number(args.port);
if (asked !== null && !(Number.isInteger(asked) && asked >= 0 && asked < 65536))
  usage(HELP, `--port: expected a port number, got "${args.port}"`);

async function serve(): Promise<Site> {
  const log = (line: string) => console.log(line);
  try {
    return await openSite([], { port: asked ?? DEFAULT_PORT, log });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EADDRINUSE") throw thrown;
    if (asked !== null) {
      console.error(`Port ${asked} is taken. Choose another: npm start -- --port 0`);
      process.exit(1);
    }
    return openSite([], { port: 0, log });
  }
}

const site = await serve();
console.log(`Proximal: ${site.url}`);
if (!args["no-open"]) openBrowser(site.url);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    await site.close();
    process.exit(0);
  });
}
