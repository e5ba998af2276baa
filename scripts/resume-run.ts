// Checks resuming runs through the lab command, as part of `npm test`: runs with a model folder and a .gguf file
// are finished after an interruption; a copy of the same data in another place is accepted; other rows or weights
// are refused.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./build";
import { listFiles } from "./lab-files";
import type { Summary } from "../src/headless/summary";
import type { RunEvent } from "../src/lib/events";
import { readJson, readLines } from "./json";
import { runLab, type Ended } from "./process";
import { checkInto, emptyTally, type Print, type Tally } from "./tally";
import { loadSource } from "./source";

const STEPS = 4;
const config = (model: string) => ({
  model: { source: model },
  data: { train: "rows.jsonl", test: null, testShare: 0.25 },
  trainer: { kind: "sft", samplesPerBatch: 2 },
  curriculum: { strategy: "random", rounds: 2, perRound: null },
  budget: { steps: STEPS },
  evaluation: { probes: 1, maxNewTokens: 4 },
  seed: 1,
});
const rows = (count: number, answer = (i: number) => `${i}+1=${i + 1}, so ${i + 1}`) =>
  Array.from(
    { length: count },
    (_, i) => `${JSON.stringify({ prompt: `${i}+1=?`, answer: answer(i) })}\n`,
  ).join("");

/** The built-in model as one GGUF file, f32. */
async function tinyGguf(): Promise<Uint8Array> {
  const { nodeFolder } = await loadSource<typeof import("../src/data/testing/nodeFolder")>(
    "src/data/testing/nodeFolder.ts",
  );
  const { loadModelConfig } =
    await loadSource<typeof import("../src/data/modelConfig")>("src/data/modelConfig.ts");
  const { openSafetensors, readFloats } =
    await loadSource<typeof import("../src/data/safetensors")>("src/data/safetensors.ts");
  const { neededTensors } =
    await loadSource<typeof import("../src/families/tensors")>("src/families/tensors.ts");
  const { metadataOf } = await loadSource<typeof import("../src/data/testing/convertedGguf")>(
    "src/data/testing/convertedGguf.ts",
  );
  const { ggufFile, i32s, text, texts } = await loadSource<typeof import("../src/data/testing/ggufFile")>(
    "src/data/testing/ggufFile.ts",
  );
  const path = join(ROOT, "public", "models", "tiny");
  const read = <T>(name: string) => readJson<T>(join(path, name));
  const folder = nodeFolder("public/models/tiny");
  const shape = await loadModelConfig(folder);
  const { tensors } = await openSafetensors(folder);
  const parts: Parameters<typeof ggufFile>[1][number][] = [];
  for (const needed of neededTensors(shape)) {
    const stored = tensors.get(needed.name);
    if (!stored) throw new Error(`the built-in model has no ${needed.name}`);
    const values = await readFloats(stored);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    parts.push({ name: needed.gguf, sizes: needed.shape.toReversed(), type: 0, bytes });
  }
  const { vocab, merges } = read<{
    model: { vocab: Record<string, number>; merges: (string | string[])[] };
  }>("tokenizer.json").model;
  const tokens = Object.entries(vocab).sort((a, b) => a[1] - b[1]);
  const own = [
    text("tokenizer.ggml.pre", "qwen2"),
    texts(
      "tokenizer.ggml.tokens",
      tokens.map(([token]) => token),
    ),
    i32s(
      "tokenizer.ggml.token_type",
      tokens.map((_, i) => (i < 3 ? 3 : 1)),
    ),
    texts(
      "tokenizer.ggml.merges",
      merges.map((merge) => (Array.isArray(merge) ? merge.join(" ") : merge)),
    ),
    text("tokenizer.chat_template", read<{ chat_template: string }>("tokenizer_config.json").chat_template),
  ];
  const named = new Set(own.map(([key]) => key));
  return ggufFile([...metadataOf(shape).filter(([key]) => !named.has(key)), ...own], parts);
}

export async function checkResume(print: Print): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "resume-"));
  const tally = emptyTally();
  const check = checkInto(tally, print);
  const at = (...parts: string[]) => join(folder, ...parts);
  const summary = (out: string) => readJson<Summary>(at(out, "summary.json"));
  const log = (out: string) => readLines<RunEvent>(at(out, "events.jsonl"));
  /** Begins a run and stops it in its first round. */
  const begin = async (out: string, model: string) => {
    writeFileSync(at(`${out}.json`), JSON.stringify(config(model)));
    const stopped = await runLab(["run", at(`${out}.json`), "--out", at(out)], (line, stop) =>
      line.startsWith("round 1") ? stop() : undefined,
    );
    check(`${model}: the run stops`, stopped.code === 130, stopped.output);
  };
  const goOn = (out: string, ...more: string[]) => runLab(["run", ...more, "--resume", "--out", at(out)]);
  const finished = (out: string, what: string, { code, output }: Ended) => {
    const files = listFiles(at(out, "adapter"));
    const steps = log(out).filter(({ type }) => type === "step.finished");
    check(
      what,
      code === 0 &&
        summary(out).status === "done" &&
        steps.length === STEPS &&
        ["adapter_config.json", "adapter_model.safetensors", "probe.safetensors"].every((name) =>
          files.includes(name),
        ),
      `exit ${code}, ${steps.length} steps, ${files.join(" ")}\n${output}`,
    );
  };
  const refused = (out: string, before: string, what: string, sentence: RegExp, { code, output }: Ended) =>
    check(
      what,
      code === 1 && sentence.test(output) && readFileSync(at(out, "events.jsonl"), "utf8") === before,
      `exit ${code}\n${output}`,
    );
  try {
    writeFileSync(at("rows.jsonl"), rows(16));
    cpSync(join(ROOT, "public", "models", "tiny"), at("m-res"), { recursive: true });
    writeFileSync(at("m-res.gguf"), await tinyGguf());

    await begin("folder", "m-res");
    const before = readFileSync(at("folder", "events.jsonl"), "utf8");
    writeFileSync(at("rows.jsonl"), rows(8));
    refused(
      "folder",
      before,
      "fewer rows are refused, named and counted, and the run stays as it was",
      /these changed: the rows to train on \(rows\.jsonl: 12 rows, now 6\); the rows to test on \(rows\.jsonl: 4 rows, now 2\)\. Restore/,
      await goOn("folder"),
    );
    writeFileSync(
      at("rows.jsonl"),
      rows(16, () => "so nothing at all"),
    );
    refused(
      "folder",
      before,
      "replaced answers are refused",
      /the rows to train on \(rows\.jsonl: 12 rows as before, but other content\)/,
      await goOn("folder"),
    );
    writeFileSync(at("rows.jsonl"), rows(16));
    const weights = at("m-res", "model.safetensors");
    const bytes = readFileSync(weights);
    const other = Buffer.from(bytes);
    other[other.length - 2] ^= 1;
    writeFileSync(weights, other);
    refused(
      "folder",
      before,
      "other weights are refused",
      /these changed: the model \(m-res: SHA-256 [0-9a-f]{12}…, now [0-9a-f]{12}…\)\./,
      await goOn("folder"),
    );
    writeFileSync(weights, bytes);
    mkdirSync(at("moved"));
    renameSync(at("m-res"), at("moved", "m-res"));
    renameSync(at("rows.jsonl"), at("moved", "rows.jsonl"));
    writeFileSync(at("moved", "config.json"), JSON.stringify(config("m-res")));
    finished(
      "folder",
      "a model folder and rows that moved: the run ends with adapter and probe",
      await goOn("folder", at("moved", "config.json")),
    );

    renameSync(at("moved", "rows.jsonl"), at("rows.jsonl"));
    await begin("file", "m-res.gguf");
    finished("file", "a .gguf file: the run ends with adapter and probe", await goOn("file"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}
