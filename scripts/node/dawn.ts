// Gets Dawn, Chromium's WebGPU implementation, as a library for Node: one pinned file of the npm package `webgpu` (MIT),
// fetched once, checked and kept in .cache, so that `npm ci` stays small. Also finds a software Vulkan driver for it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { unpackTar } from "modern-tar";
import { ROOT, type Log } from "../build";
import { findChromium } from "../browsers";

export const DAWN_VERSION = "0.6.2";
const SHA512 = "3L4GfmqJLvYUIEWJngEQY+2HQiUlAFkg8+P8NDDj3Xx5hHHIFO/r8JW+ynfqBj7kHN4mbnwO74uB+lrRtLhp4Q==";
const ADDRESS = `https://registry.npmjs.org/webgpu/-/webgpu-${DAWN_VERSION}.tgz`;

/** Dawn for this machine, as the package names it. */
const BUILD = `${process.platform}-${process.platform === "darwin" ? "universal" : process.arch}`;

/** Whether Dawn is on this machine already, so that nothing has to be fetched. */
export const hasDawn = (): boolean =>
  process.env.PROXIMAL_DAWN !== undefined ||
  existsSync(join(ROOT, ".cache", `dawn-${DAWN_VERSION}`, "dawn.node"));

/** The path of `dawn.node`, fetched at the first call. `PROXIMAL_DAWN` names one that is there. @throws Error */
export async function findDawn(log: Log): Promise<string> {
  const given = process.env.PROXIMAL_DAWN;
  if (given && !existsSync(given)) throw new Error(`PROXIMAL_DAWN names ${given}, which does not exist`);
  if (given) return given;
  const folder = join(ROOT, ".cache", `dawn-${DAWN_VERSION}`);
  const file = join(folder, "dawn.node");
  if (!existsSync(file)) await fetchDawn(folder, log);
  return file;
}

async function fetchDawn(folder: string, log: Log): Promise<void> {
  log(`fetching ${ADDRESS}, once`);
  const response = await fetch(ADDRESS);
  if (!response.ok) throw new Error(`${ADDRESS} answered ${response.status}: Dawn cannot be fetched`);
  const packed = Buffer.from(await response.arrayBuffer());
  if (createHash("sha512").update(packed).digest("base64") !== SHA512)
    throw new Error(`${ADDRESS} is not the file that is pinned here: its SHA-512 differs`);
  const wanted = `package/dist/${BUILD}/`;
  const entries = await unpackTar(gunzipSync(packed), {
    filter: ({ name, type }) => type === "file" && (name.startsWith(wanted) || name === "package/LICENSE.md"),
  });
  if (!entries.some(({ header }) => header.name === `${wanted}dawn.node`))
    throw new Error(`the package webgpu ${DAWN_VERSION} has no library for ${BUILD}: use --runtime browser`);
  // Written beside and moved in place: another command at the same time sees all of it or nothing.
  const fresh = `${folder}-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  for (const { header, data } of entries)
    if (data) writeFileSync(join(fresh, header.name.split("/").pop()!), data);
  if (!existsSync(folder)) renameSync(fresh, folder);
  rmSync(fresh, { recursive: true, force: true });
}

/**
 * Lets the Vulkan loader find Chromium's software driver, so that Node and Chromium compute on the same adapter. A
 * driver that the environment names, and `PROXIMAL_ADAPTER=hardware`, are left alone. Before Dawn is loaded.
 */
export async function chooseDriver(log: Log): Promise<void> {
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES, PROXIMAL_ADAPTER } = process.env;
  if (VK_ICD_FILENAMES || VK_DRIVER_FILES || PROXIMAL_ADAPTER === "hardware") return;
  if (process.platform !== "linux") return;
  const chromium = await findChromium(log).catch(() => null);
  const folders = [
    ...(chromium ? [dirname(realpathSync(chromium))] : []),
    ...["/usr/lib", "/opt/google"].flatMap((root) => chromiumFolders(root)),
  ];
  const found = folders.map((folder) => join(folder, "vk_swiftshader_icd.json")).find((f) => existsSync(f));
  if (found) process.env.VK_ICD_FILENAMES = found;
  else log("no software Vulkan driver beside Chromium: the system's own drivers are used");
}

const chromiumFolders = (root: string): string[] =>
  existsSync(root)
    ? readdirSync(root)
        .filter((name) => name.startsWith("chrom"))
        .map((name) => join(root, name))
    : [];
