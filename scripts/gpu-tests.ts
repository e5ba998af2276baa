// Runs the kernel tests (src/**/*.gpu.ts) in a real browser on real WebGPU and prints one line a test.
import { writeFileSync } from "node:fs";
import { createServer as createVite } from "vite";
import { startBrowser } from "./browsers";
import { options, isMain } from "./options";

const HELP = `Runs the kernel tests in a browser.

  npx tsx scripts/gpu-tests.ts [--filter TEXT] [--file TEXT] [--browser chromium|firefox] [--json FILE]

  --filter TEXT   only tests whose name contains TEXT
  --file TEXT     only files (src/**/*.gpu.ts) whose path contains TEXT
  --browser NAME  chromium (default) or firefox
  --json FILE     also write the results there
  --quiet         print failures and skips only
`;

/** Seconds without any result after which the page is given up. */
const SILENCE_S = 240;

/** A development server of this project that hands posted lines to `onLine`. */
async function serveTests(onLine) {
  const report = {
    name: "gpu-test-report",
    configureServer(server) {
      server.middlewares.use("/__report", (request, response) => {
        let body = "";
        request.on("data", (chunk) => (body += chunk));
        request.on("end", () => {
          response.end("ok");
          onLine(JSON.parse(body));
        });
      });
    },
  };
  const server = await createVite({
    logLevel: "error",
    clearScreen: false,
    plugins: [report],
    // Nothing is watched or prebundled: files may change while tests run, and several runs may go on at once.
    server: { host: "127.0.0.1", port: 0, strictPort: false, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  await server.listen();
  return server;
}

/**
 * @returns {Promise<{ passed: number, failed: number, skipped: { name: string, reason: string }[], results: object[],
 *   browser: string, adapter: string }>}
 */
export async function runGpuTests({
  filter = "",
  file = "",
  browser = "chromium",
  quiet = false,
  print = console.log,
} = {}) {
  const results = [];
  const skipped = [];
  let passed = 0;
  let failed = 0;
  let adapter = "";
  let beat = Date.now();
  let finish;
  const ended = new Promise((resolve) => (finish = resolve));
  const fail = (name, message) => {
    failed++;
    results.push({ name, status: "failed", message, elapsedMs: 0 });
    print(`FAIL  ${name}\n      ${message.replaceAll("\n", "\n      ")}`);
  };
  const onLine = (line) => {
    beat = Date.now();
    if (line.kind === "end") {
      adapter = line.adapter;
      finish();
    } else if (line.kind === "broken") {
      fail("kernel tests", line.message);
      finish();
    } else if (line.kind === "unloaded") {
      const name = `load ${line.file}`;
      if (name.includes(filter)) fail(name, line.message);
      else print(`note  ${line.file} could not be loaded (${line.message}); none of its tests were run`);
    } else {
      const { name, status, message, elapsedMs } = line.result;
      results.push(line.result);
      if (status === "passed") passed++;
      if (status === "passed" && !quiet) print(`ok    ${name} (${elapsedMs} ms)`);
      if (status === "passed" && message) print(`      ${message}`);
      if (status === "skipped") {
        skipped.push({ name, reason: message });
        print(`skip  ${name}: ${message}`);
      }
      if (status === "failed") {
        results.pop();
        fail(name, message);
      }
    }
  };
  const server = await serveTests(onLine);
  let driver = null;
  let watchdog = null;
  try {
    driver = await startBrowser(browser);
    const { port } = server.httpServer.address();
    const query = new URLSearchParams({ filter, file });
    const page = await driver.open(`http://127.0.0.1:${port}/e2e/gpu/index.html?${query}`, (kind, text) => {
      if (kind === "error") print(`page  ${text}`);
    });
    const silent = new Promise((resolve) => {
      watchdog = setInterval(
        () => Date.now() - beat > SILENCE_S * 1000 && resolve(`no result for ${SILENCE_S} s`),
        1000,
      );
    });
    const trouble = await Promise.race([ended.then(() => null), page.gone, silent]);
    if (trouble) fail("kernel tests", trouble);
  } finally {
    clearInterval(watchdog);
    await driver?.close().catch(() => {});
    await server.close();
  }
  return { passed, failed, skipped, results, browser: driver?.version ?? browser, adapter };
}

if (isMain(import.meta.url)) {
  const args = options(HELP, {
    filter: "string",
    file: "string",
    browser: "string",
    json: "string",
    quiet: "boolean",
  });
  const out = await runGpuTests(args);
  if (args.json) writeFileSync(args.json, JSON.stringify(out, null, 1));
  if (out.passed + out.failed + out.skipped.length === 0)
    console.log(`no test matches "${args.filter ?? ""}"`);
  console.log(`${out.browser}, ${out.adapter || "no adapter"}`);
  console.log(`${out.passed} passed, ${out.failed} failed, ${out.skipped.length} skipped`);
  process.exit(out.failed || out.passed === 0 ? 1 : 0);
}
