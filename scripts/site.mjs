// The project's pages behind one loopback server with extra routes: built files by default, or Vite's
// development server (`PROXIMAL_DEV=1`), which needs no build and shows source lines in errors.
import { randomBytes } from "node:crypto";
import { basename, dirname } from "node:path";
import { DIST, ROOT, ensureBuilt } from "./build.mjs";
import { body, folder, listen } from "./serve.mjs";

/** A path segment nobody guesses: other programs on this machine cannot read what is served behind it. */
export const secret = () => randomBytes(12).toString("hex");

/** A route that hands every JSON line posted to it to `onLine`, in order. */
export function inbox(path, onLine) {
  return {
    prefix: path,
    async handle(request, response) {
      if (request.method !== "POST") return false;
      const text = (await body(request)).toString("utf8");
      for (const line of text.split("\n")) if (line) onLine(JSON.parse(line));
      response.end("ok");
      return true;
    },
  };
}

/** A route that serves a folder of this machine, read-only. */
export const mount = (path, root) => ({ prefix: path, handle: folder(root) });

/** A route that serves one file of this machine, read-only. */
export function fileRoute(path, file) {
  const serve = folder(dirname(file));
  const name = `/${encodeURIComponent(basename(file))}`;
  return {
    prefix: path,
    handle: (request, response, rest) => (rest === "" ? serve(request, response, name) : false),
  };
}

/** @returns {Promise<{ url: string, port: number, close: () => Promise<void> }>} */
export async function openSite(
  routes = [],
  { port = 0, log = () => {}, dev = process.env.PROXIMAL_DEV === "1" } = {},
) {
  if (!dev) {
    await ensureBuilt(log);
    return listen([...routes, mount("/", DIST)], { port });
  }
  const { createServer } = await import("vite");
  const vite = await createServer({
    root: ROOT,
    logLevel: "error",
    clearScreen: false,
    server: { middlewareMode: true, hmr: false, watch: null },
    optimizeDeps: {
      noDiscovery: true,
      include: ["react", "react-dom", "react-dom/client", "react/jsx-dev-runtime"],
    },
  });
  const developed = {
    prefix: "/",
    handle: (request, response) =>
      new Promise(
        (resolve) => (
          response.on("close", () => resolve(true)),
          vite.middlewares(request, response, () => resolve(false))
        ),
      ),
  };
  const server = await listen([...routes, developed], { port, headers: {} });
  return { ...server, close: () => Promise.all([server.close(), vite.close()]).then(() => {}) };
}
