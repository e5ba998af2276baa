// Finds (or installs) a browser with WebGPU and drives it headless: Chromium by Playwright, Firefox by puppeteer-core over
// WebDriver BiDi. Playwright drives an unpatched Firefox only experimentally
// (https://github.com/microsoft/playwright/issues/37277), and not Firefox 140 ESR, which Debian ships
// (https://github.com/microsoft/playwright/pull/38038). Both browsers have one small interface: open a page, evaluate, close.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright";
import type { Browser as BidiBrowser, Page as BidiPage } from "puppeteer-core";
import type { Log } from "./build";
import { runProgram } from "./process";

/** Browser names a command takes after `--browser`. */
export const BROWSERS = ["chromium", "firefox"];

/** What a command drives, by its options: a browser, or with `--runtime node` a thread of Node. @throws Error */
export function engineOf({ runtime = "browser", browser }: { runtime?: string; browser?: string }): string {
  if (runtime === "browser") return browser ?? "chromium";
  if (runtime !== "node") throw new Error(`--runtime: expected browser or node, got "${runtime}"`);
  if (browser !== undefined && browser !== "node")
    throw new Error(`--runtime node uses no browser: leave out --browser ${browser}`);
  return "node";
}

/** `PROXIMAL_ADAPTER=hardware` asks for the machine's GPU; otherwise the software adapter, the same everywhere. */
const hardware = () => process.env.PROXIMAL_ADAPTER === "hardware";

/** What Chromium is started with, by the commands and by the end-to-end tests. */
export const chromiumArgs = (): string[] => [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  ...(hardware() ? ["--ignore-gpu-blocklist", "--use-angle=vulkan"] : ["--use-webgpu-adapter=swiftshader"]),
  "--enable-features=Vulkan",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Browsers slow down timers of pages in the background; a headless run must keep its speed.
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

function onPath(...names: string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const file = join(folder, name);
      if (folder && existsSync(file)) return file;
    }
  }
  return null;
}

const MAC = "/Applications";

function fromEnvironment(variable: string): string | null {
  const path = process.env[variable];
  if (path && !existsSync(path)) throw new Error(`${variable} names ${path}, which does not exist`);
  return path ?? null;
}

function systemChromium(): string | null {
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

async function playwrightChromium(): Promise<string | null> {
  const { chromium } = await import("playwright");
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}

function systemFirefox(): string | null {
  const mac = `${MAC}/Firefox.app/Contents/MacOS/firefox`;
  return onPath("firefox-esr", "firefox") ?? (existsSync(mac) ? mac : null);
}

/** Runs an installer with its output on stderr; true when it ended well. */
async function install(log: Log, command: string, args: string[]): Promise<boolean> {
  log(`installing: ${command} ${args.join(" ")}`);
  const onLine = (line: string) => void process.stderr.write(`${line}\n`);
  const { code } = await runProgram(command, args, { onLine, timeoutS: 15 * 60 });
  return code === 0;
}

async function aptInstall(log: Log, ...packages: string[]): Promise<boolean> {
  if (!onPath("apt-get") || process.getuid?.() !== 0) return false;
  process.env.DEBIAN_FRONTEND = "noninteractive";
  return (
    (await install(log, "apt-get", ["update"])) &&
    (await install(log, "apt-get", ["install", "-y", ...packages]))
  );
}

/** Searches end one after another: what one installs the next one finds, and no two installers run at once. */
let searching: Promise<unknown> = Promise.resolve();
function inTurn<Result>(search: () => Promise<Result>): Promise<Result> {
  const result = searching.then(search);
  searching = result.catch(() => {});
  return result;
}

/** Path of a Chromium, installed if need be. @throws Error saying how to get one. */
export const findChromium = (log: Log = () => {}): Promise<string> => inTurn(() => searchChromium(log));

async function searchChromium(log: Log): Promise<string> {
  const found = fromEnvironment("PROXIMAL_CHROMIUM") ?? systemChromium() ?? (await playwrightChromium());
  if (found) return found;
  if (await install(log, "npx", ["playwright", "install", "chromium"])) {
    const own = await playwrightChromium();
    if (own) return own;
  }
  if (await aptInstall(log, "chromium")) {
    const own = systemChromium();
    if (own) return own;
  }
  throw new Error(
    "no Chromium found, and none could be installed: set PROXIMAL_CHROMIUM to one, or install Chromium or Chrome",
  );
}

/** Path of a Firefox, or null with the reason in `log`: the second browser is welcome, not required. */
export const findFirefox = (log: Log = () => {}): Promise<string | null> => inTurn(() => searchFirefox(log));

async function searchFirefox(log: Log): Promise<string | null> {
  const found = fromEnvironment("PROXIMAL_FIREFOX") ?? systemFirefox();
  if (found) return found;
  if (await aptInstall(log, "firefox-esr", "mesa-vulkan-drivers")) return systemFirefox();
  return null;
}

/** Gets what a page prints: `error`, `log` … and the text. */
type OnConsole = (kind: string, text: string) => void;

export interface DrivenPage {
  /** Runs an expression in the page. */
  evaluate: (expression: string) => Promise<unknown>;
  /** Resolves with the reason when the page or the browser died. */
  gone: Promise<string>;
}

export interface Driver {
  name: string;
  version: string;
  open: (url: string, onConsole?: OnConsole) => Promise<DrivenPage>;
  close: () => Promise<void>;
}

function chromiumPage(page: Page, onConsole: OnConsole): DrivenPage {
  page.on("console", (m) => onConsole(m.type(), m.text()));
  page.on("pageerror", (e) => onConsole("error", e.stack ?? e.message));
  const gone = new Promise<string>((resolve) => {
    page.on("crash", () => resolve("the page crashed"));
    page
      .context()
      .browser()
      ?.on("disconnected", () => resolve("the browser ended"));
  });
  return { evaluate: (expression) => page.evaluate(expression), gone };
}

function firefoxPage(page: BidiPage, browser: BidiBrowser, onConsole: OnConsole): DrivenPage {
  page.on("console", (m) => onConsole(m.type(), m.text()));
  page.on("pageerror", (e) => onConsole("error", e instanceof Error ? (e.stack ?? e.message) : String(e)));
  const gone = new Promise<string>((resolve) =>
    browser.on("disconnected", () => resolve("the browser ended")),
  );
  return { evaluate: (expression) => page.evaluate(expression), gone };
}

interface Start {
  log?: Log;
  /** A folder that keeps what the browser stores, its compiled shaders included, from start to start; null = nothing
   * is kept. */
  profile?: string | null;
}

const toStderr: Log = (line) => process.stderr.write(`${line}\n`);
/** Signals are the command's business: Ctrl-C must be able to stop a run politely. */
const NO_SIGNALS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

/** Chromium under Playwright, which can do more than a `Driver`. */
export async function startChromium({ log = toStderr, profile = null }: Start = {}): Promise<
  Driver & { playwright: Browser }
> {
  const { chromium } = await import("playwright");
  const executablePath = await findChromium(log);
  const settings = { executablePath, args: chromiumArgs(), ...NO_SIGNALS };
  let kept: BrowserContext | null = null;
  if (profile !== null) kept = await chromium.launchPersistentContext(profile, settings);
  const browser = kept ? kept.browser() : await chromium.launch(settings);
  if (!browser) throw new Error("Chromium started with a profile, but without a browser to drive");
  return {
    name: "chromium",
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

async function startFirefox({ log = toStderr, profile = null }: Start): Promise<Driver> {
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
    ...NO_SIGNALS,
  });
  return {
    name: "firefox",
    version: `Firefox ${(await browser.version()).split("/").pop()}`,
    async open(url, onConsole = () => {}) {
      const page = await browser.newPage();
      const driven = firefoxPage(page, browser, onConsole);
      await page.goto(url, { timeout: 120_000 });
      return driven;
    },
    close: () => browser.close(),
  };
}

/** Starts a browser without a window, or with "node" what takes its place. */
export async function startBrowser(name: string, start: Start = {}): Promise<Driver> {
  if (name === "chromium") return startChromium(start);
  if (name === "firefox") return startFirefox(start);
  if (name === "node") return (await import("./node/driver")).startNode(start.log ?? toStderr);
  throw new Error(`unknown browser "${name}", expected one of ${BROWSERS.join(", ")}`);
}
