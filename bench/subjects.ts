// The two models on which scoring and memory are measured: the built-in one and SmolLM2-135M.
import { loadPool, openBuiltinModel } from "../src/data/builtin";
import { openGguf } from "../src/data/gguf";
import type { OpenModel } from "../src/data/modelFolder";
import { urlSource } from "../src/data/urlSource";
import { LINEARS, type AdapterConfig } from "../src/families/config";
import type { Row } from "../src/train/samples";
import { INSTRUCTIONS } from "./instructions";

export interface Subject {
  name: string;
  /** @throws when the model is not there */
  open: () => Promise<OpenModel>;
  /** Samples to score, in order, and what they are called. */
  pool: string;
  rows: () => Promise<readonly Row[]>;
  /** Longest document of a training batch: more rows are several documents. */
  documentRows: number;
}

const here = new URL("/", location.href).href;
/** Where scripts/bench.ts serves the file of SmolLM2-135M; null where it could not be had. */
const smolAddress = new URLSearchParams(location.search).get("smollm2");

const SMOLLM2: Subject = {
  name: "SmolLM2-135M",
  open: async () => {
    const source = smolAddress ? await urlSource(smolAddress, "SmolLM2-135M.gguf") : null;
    if (!source) throw new Error("SmolLM2-135M is not there (npx tsx scripts/smollm2/fetch.ts fetches it)");
    return openGguf(source);
  },
  documentRows: 2048,
  pool: "instructions",
  rows: async () =>
    INSTRUCTIONS.map(([prompt, answer], i) => ({ sampleId: `instruction ${i}`, prompt, answer })),
};

const BUILT_IN: Subject = {
  name: "built-in model",
  open: () => openBuiltinModel("tiny", here),
  documentRows: 512,
  pool: "comm",
  rows: async () => (await loadPool(null, "comm", here)).train,
};

export const SUBJECTS = { smolLm2: SMOLLM2, builtIn: BUILT_IN };

/** Rank 8 on all seven linears, as a run's default. */
export const LORA_8: AdapterConfig = {
  rank: 8,
  alpha: 16,
  targets: [...LINEARS],
  useRslora: false,
  layers: null,
};
