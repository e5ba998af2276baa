// The project's pages behind one loopback server with extra routes: built files by default, or Vite's
// development server (`PROXIMAL_DEV=1`), which needs no build and shows source lines in errors.
import { randomBytes } from "node:crypto";
import { basename, dirname } from "node:path";
import { DIST, ROOT, ensureBuilt, type Log } from "./build";
import { body, folder, listen, type Route, type Site } from "./serve";

/** A path segment nobody guesses: other programs on this machine cannot read what is served behind it. */
export const secret = (): string => randomBytes(12).toString("hex");

/** A route that hands every JSON line posted to it to `onLine`, in order. */
export function inbox<Line>(path: string, onLine: (line: Line) => void): Route {
  return {
    prefix: path,
    async handle(request, response) {
      if (request.method !== "POST") return false;
      const text = (await body(request)).toString("utf8");
      for (const line of text.split("\n")) if (line) onLine(JSON.parse(line) as Line);
      response.end("ok");
      return true;
    },
  };
}

/** A route that serves a folder of this machine, read-only. */
export const mount = (path: string, root: string): Route => ({ prefix: path, handle: folder(root) });

/** A route that serves one file of this machine, read-only. */
export function fileRoute(path: string, file: string): Route {
  const serve = folder(dirname(file));
  const name = `/${encodeURIComponent(basename(file))}`;
  return {
    prefix: path,
    handle: (request, response, rest) => (rest === "" ? serve(request, response, name) : false),
  };
}

/** A route that answers every question with one value, made when it is asked. */
export const answer = (path: string, value: () => unknown): Route => ({
  prefix: path,
  handle: (_, response) => (response.end(JSON.stringify(value())), true),
});

export async function openSite(
  routes: Route[] = [],
  { port = 0, log = () => {}, dev }: { port?: number; log?: Log; dev?: boolean } = {},
): Promise<Site> {
  if (!(dev ?? process.env.PROXIMAL_DEV === "1")) {
    await ensureBuilt(log);
    return listen([...routes, mount("/", DIST)], { port });
  }
  const { createServer } = await import("vite");
  // Vite's own port for its socket is one for all: two servers at once would answer each other's pages.
  const spare = await listen([]);
  await spare.close();
  const vite = await createServer({
    root: ROOT,
    logLevel: "error",
    clearScreen: false,
    server: { middlewareMode: true, hmr: false, watch: null, ws: { port: spare.port } },
    optimizeDeps: {
      noDiscovery: true,
      // Pages of the engine alone ask for `dev` themselves: nothing is prebundled there, so that several may run at once.
      include: dev ? [] : ["react", "react-dom", "react-dom/client", "react/jsx-dev-runtime"],
    },
  });
  const developed: Route = {
    prefix: "/",
    handle: (request, response) =>
      new Promise<boolean>(
        (resolve) => (
          response.on("close", () => resolve(true)),
          vite.middlewares(request, response, () => resolve(false))
        ),
      ),
  };
  const server = await listen([...routes, developed], { port, headers: {} });
  return { ...server, close: () => Promise.all([server.close(), vite.close()]).then(() => {}) };
}
