// Whether an adapter was made for another model than the one it is put on: by the hash of the weights where the lab that
// trained it noted one, else by the name that its config gives.
import type { RunIdentity } from "../../lib/events";

/** What an adapter's files say of where it comes from. */
export interface AdapterOrigin {
  /** Hub id or path; "" where the file does not say. */
  baseModel: string;
  /** Of the run that trained it; null for adapters of other programs. */
  identity: RunIdentity | null;
}

export interface PresentModel {
  /** Its name, and how the config names it. */
  name: string;
  source: string;
  /** `filesHash`. */
  hash: () => Promise<string>;
}

/** One sentence where it was made for another model; null where nothing says so. */
export async function otherBase(origin: AdapterOrigin, model: PresentModel): Promise<string | null> {
  const { baseModel, identity } = origin;
  if (identity) {
    const { name, hash } = identity.weights;
    const here = await model.hash();
    if (here === hash) return null;
    return `The adapter was trained on other weights than these: on ${name} (files’ SHA-256 ${hash.slice(0, 8)}…), and ${model.name} is ${here.slice(0, 8)}…; its answers mean little here.`;
  }
  if (baseModel === "" || [model.name, model.source].some((own) => shortName(own) === shortName(baseModel)))
    return null;
  return `The adapter was made for ${baseModel.slice(0, 200)}, and this model is ${model.name}: unless that is the same model under another name, its answers mean little here.`;
}

/** The model's own name in an id, a path, an address or a file's name, without the ending that says how it is stored. */
export function shortName(name: string): string {
  const cached = /models--[^/]+?--([^/]+)\/snapshots\//.exec(`${name}/`);
  const path = name.replace(/\\/g, "/").replace(/\/+$/, "");
  const last = cached?.[1] ?? path.split(/[/:]/).at(-1) ?? "";
  return last
    .toLowerCase()
    .replace(/\.(?:gguf|tar)$/, "")
    .replace(/[-._](?:gguf|bf16|f16|f32|fp16|(?:i?q|ud-q)\d\w*)$/, "");
}

/** The identity that this lab writes into a weight file's metadata. @returns null where there is none that can be read */
export function identityIn(metadata: Readonly<Record<string, string>>): RunIdentity | null {
  if (metadata.proximal === undefined) return null;
  try {
    const value = JSON.parse(metadata.proximal) as Partial<RunIdentity>;
    const isRows = (rows: RunIdentity["train"] | undefined): boolean =>
      typeof rows?.name === "string" && typeof rows.hash === "string" && typeof rows.rows === "number";
    const { weights, train, test, code } = value;
    const whole =
      typeof weights?.name === "string" && /^[0-9a-f]{64}$/.test(weights.hash) && typeof code === "string";
    return whole && isRows(train) && isRows(test) ? (value as RunIdentity) : null;
  } catch {
    return null;
  }
}
