// Finds (or installs) a browser with WebGPU and drives it without a window: Chromium through Playwright, Firefox
// through WebDriver BiDi (puppeteer-core), since Playwright cannot drive a stock Firefox. One small interface
// over both: open a page, evaluate, close. Every command of this repository gets its browser from here.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Browser names a command takes after `--browser`. */
export const BROWSERS = ["chromium", "firefox"];

/** `PROXIMAL_ADAPTER=hardware` asks for the machine's GPU; otherwise the software adapter, the same everywhere. */
const hardware = () => process.env.PROXIMAL_ADAPTER === "hardware";

const chromiumArgs = () => [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  ...(hardware() ? ["--ignore-gpu-blocklist", "--use-angle=vulkan"] : ["--use-webgpu-adapter=swiftshader"]),
  "--enable-features=Vulkan",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A run in a page nobody looks at must not be slowed down.
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];

const firefoxPrefs = {
  "dom.webgpu.enabled": true,
  "gfx.webgpu.ignore-blocklist": true,
  "dom.min_background_timeout_value": 4,
  "dom.timeout.enable_budget_timer_throttling": false,
};

function onPath(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const file = join(folder, name);
      if (folder && existsSync(file)) return file;
    }
  }
  return null;
}

const MAC = "/Applications";

function fromEnvironment(variable) {
  const path = process.env[variable];
  if (path && !existsSync(path)) throw new Error(`${variable} names ${path}, which does not exist`);
  return path ?? null;
}

function systemChromium() {
  const mac = [
    `${MAC}/Google Chrome.app/Contents/MacOS/Google Chrome`,
    `${MAC}/Chromium.app/Contents/MacOS/Chromium`,
  ];
  return (
    onPath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable") ??
    mac.find((p) => existsSync(p)) ??
    null
  );
}

async function playwrightChromium() {
  const { chromium } = await import("playwright");
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}

function systemFirefox() {
  const mac = `${MAC}/Firefox.app/Contents/MacOS/firefox`;
  return onPath("firefox-esr", "firefox") ?? (existsSync(mac) ? mac : null);
}

/** Runs an installer with its output on stderr; true when it ended well. */
function install(log, command, args) {
  log(`installing: ${command} ${args.join(" ")}`);
  const done = spawnSync(command, args, { stdio: ["ignore", 2, 2], timeout: 15 * 60_000 });
  return done.status === 0;
}

function aptInstall(log, ...packages) {
  if (!onPath("apt-get") || process.getuid?.() !== 0) return false;
  process.env.DEBIAN_FRONTEND = "noninteractive";
  return install(log, "apt-get", ["update"]) && install(log, "apt-get", ["install", "-y", ...packages]);
}

/** Path of a Chromium, installed if need be. @throws Error saying how to get one. */
export async function findChromium(log = () => {}) {
  const found = fromEnvironment("PROXIMAL_CHROMIUM") ?? systemChromium() ?? (await playwrightChromium());
  if (found) return found;
  if (install(log, "npx", ["playwright", "install", "chromium"])) {
    const own = await playwrightChromium();
    if (own) return own;
  }
  if (aptInstall(log, "chromium")) {
    const own = systemChromium();
    if (own) return own;
  }
  throw new Error(
    "no Chromium found, and none could be installed: set PROXIMAL_CHROMIUM to one, or install Chromium or Chrome",
  );
}

/** Path of a Firefox, or null with the reason in `log`: the second browser is welcome, not required. */
export async function findFirefox(log = () => {}) {
  const found = fromEnvironment("PROXIMAL_FIREFOX") ?? systemFirefox();
  if (found) return found;
  if (aptInstall(log, "firefox-esr", "mesa-vulkan-drivers")) return systemFirefox();
  return null;
}

/**
 * @typedef {object} DrivenPage
 * @property {(fn: Function | string, arg?: unknown) => Promise<any>} evaluate
 * @property {import("playwright").Page | null} playwright the page itself where Playwright drives it
 * @property {Promise<string>} gone resolves with the reason when the page or the browser died
 * @property {() => Promise<void>} close
 */

function chromiumPage(page, onConsole) {
  page.on("console", (m) => onConsole(m.type(), m.text()));
  page.on("pageerror", (e) => onConsole("error", e.stack ?? e.message));
  const gone = new Promise((resolve) => {
    page.on("crash", () => resolve("the page crashed"));
    page
      .context()
      .browser()
      ?.on("disconnected", () => resolve("the browser ended"));
  });
  return { evaluate: (fn, arg) => page.evaluate(fn, arg), playwright: page, gone, close: () => page.close() };
}

function firefoxPage(page, browser, onConsole) {
  page.on("console", (m) => onConsole(m.type(), m.text()));
  page.on("pageerror", (e) => onConsole("error", e.stack ?? e.message));
  const gone = new Promise((resolve) => browser.on("disconnected", () => resolve("the browser ended")));
  return { evaluate: (fn, arg) => page.evaluate(fn, arg), playwright: null, gone, close: () => page.close() };
}

/**
 * Starts a browser without a window.
 * @param {"chromium" | "firefox"} name
 * @param {{ log?: (line: string) => void, profile?: string | null }} options profile: a folder that keeps what the
 *   browser stores, its compiled shaders included, from start to start; null = nothing is kept
 * @returns {Promise<{ name: string, version: string, playwright: import("playwright").Browser | null,
 *   open: (url: string, onConsole?: (kind: string, text: string) => void) => Promise<DrivenPage>, close: () => Promise<void> }>}
 */
export async function startBrowser(
  name,
  { log = (line) => process.stderr.write(`${line}\n`), profile = null } = {},
) {
  if (name === "chromium") {
    const { chromium } = await import("playwright");
    const executablePath = await findChromium(log);
    // Signals are the command's business: Ctrl-C must be able to stop a run politely.
    const settings = {
      executablePath,
      args: chromiumArgs(),
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    };
    const kept = profile === null ? null : await chromium.launchPersistentContext(profile, settings);
    const browser = kept ? kept.browser() : await chromium.launch(settings);
    return {
      name,
      version: `Chromium ${browser.version()}`,
      playwright: browser,
      async open(url, onConsole = () => {}) {
        const page = await (kept ?? (await browser.newContext())).newPage();
        const driven = chromiumPage(page, onConsole);
        await page.goto(url, { timeout: 120_000 });
        return driven;
      },
      close: () => (kept ?? browser).close(),
    };
  }
  if (name === "firefox") {
    const { launch } = await import("puppeteer-core");
    const executablePath = await findFirefox(log);
    if (!executablePath) throw new Error("no Firefox found: set PROXIMAL_FIREFOX to one, or install firefox");
    const browser = await launch({
      browser: "firefox",
      executablePath,
      headless: true,
      ...(profile === null ? {} : { userDataDir: profile }),
      extraPrefsFirefox: firefoxPrefs,
      protocolTimeout: 0,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    return {
      name,
      version: `Firefox ${(await browser.version()).split("/").pop()}`,
      playwright: null,
      async open(url, onConsole = () => {}) {
        const page = await browser.newPage();
        const driven = firefoxPage(page, browser, onConsole);
        await page.goto(url, { timeout: 120_000 });
        return driven;
      },
      close: () => browser.close(),
    };
  }
  throw new Error(`unknown browser "${name}", expected one of ${BROWSERS.join(", ")}`);
}
