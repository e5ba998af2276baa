// Runs every check of one golden case. An exception is reported as a failed check with its reason, so no check is
// ever missing from the output.
import { urlFolder } from "../data/urlSource";
import { compareAll, type Comparison, type HostTensor } from "./compare";
import { openTensors, type Check, type HostTensors } from "./context";
import { greedy, prefixEntropy } from "./checks/decoding";
import { logits, tokenStats } from "./checks/forward";
import { merge } from "./checks/merge";
import { grpoAdvantages, grpoLoss, grpoTokens, metisJudge } from "./checks/policy";
import { grpoRun } from "./checks/policyRun";
import { compareTokenizer } from "./checks/text";
import { adamw, loraGrads, sftLoss } from "./checks/training";
import { openCase, type OpenCase } from "./open";
import { parseCase, type CaseSpec, type CheckSpec } from "./spec";

export interface Row {
  case: string;
  check: string;
  kind: string;
  /** Worst error as a share of its tolerance. */
  share: number;
  message: string;
  elapsedMs: number;
}

/** Kinds whose numbers are compared; `tokenizer` compares texts and is apart. */
const KINDS: Readonly<Record<string, Check>> = {
  logits,
  token_stats: tokenStats,
  sft_loss: sftLoss,
  lora_grads: loraGrads,
  adamw,
  greedy,
  prefix_entropy: prefixEntropy,
  grpo_advantages: grpoAdvantages,
  grpo_tokens: grpoTokens,
  grpo_loss: grpoLoss,
  grpo_run: grpoRun,
  metis_judge: metisJudge,
  merge,
};

export interface CaseJob {
  /** What to call it in the rows. */
  label: string;
  /** Folder of the case, a web address ending in a slash. */
  base: string;
  /** Name of the case file in it. */
  file: string;
  /** A second case of the same folder: left out where its model cannot be loaded. */
  optional: boolean;
}

export interface CaseOutcome {
  /** Checks of kinds that were not asked for. */
  leftOut: { kind: string; count: number }[];
  note: string;
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** @param kinds null = all. */
export async function runCase(
  job: CaseJob,
  kinds: readonly string[] | null,
  onRow: (row: Row) => void,
): Promise<CaseOutcome> {
  const failRow = (check: string, kind: string, message: string) =>
    onRow({ case: job.label, check, kind, share: Infinity, message, elapsedMs: 0 });
  const folder = urlFolder(job.base, job.label);
  let spec: CaseSpec;
  try {
    const source = await folder.open(job.file);
    if (!source) throw new Error(`${job.file} is missing`);
    spec = parseCase(JSON.parse(new TextDecoder().decode(await source.read(0, source.size))), job.file);
  } catch (thrown) {
    failRow(job.file, "case", reasonOf(thrown));
    return { leftOut: [], note: "" };
  }
  const wanted = spec.checks.filter((check) => !kinds || kinds.includes(check.kind));
  const leftOut = new Map<string, number>();
  for (const { kind } of spec.checks.filter((check) => !wanted.includes(check))) {
    leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
  }
  const outcome = { leftOut: [...leftOut].map(([kind, count]) => ({ kind, count })), note: "" };
  if (wanted.length === 0) return outcome;
  let open: OpenCase | null = null;
  try {
    const at = (path: string) => urlFolder(new URL(`${path}/`, job.base).href, path);
    const input = await openTensors(folder, spec.input);
    const expected = await openTensors(folder, spec.expected);
    open = await openCase(at(spec.model.dir), spec.adapter ? at(spec.adapter.dir) : null);
    for (const check of wanted) {
      const start = performance.now();
      const { share, message } = await runCheck(check, spec, open, input, expected).catch(
        (thrown: unknown) => ({
          share: Infinity,
          message: reasonOf(thrown),
        }),
      );
      onRow({
        case: job.label,
        check: check.id,
        kind: check.kind,
        share,
        message,
        elapsedMs: performance.now() - start,
      });
    }
  } catch (thrown) {
    if (job.optional)
      return {
        ...outcome,
        note: `${job.label} was left out, its model cannot be loaded: ${reasonOf(thrown)}`,
      };
    for (const check of wanted) failRow(check.id, check.kind, reasonOf(thrown));
  } finally {
    open?.close();
  }
  return outcome;
}

async function runCheck(
  check: CheckSpec,
  spec: CaseSpec,
  open: OpenCase,
  input: HostTensors,
  expected: HostTensors,
): Promise<Comparison> {
  if (check.kind === "tokenizer") {
    const differences = compareTokenizer(await open.tokenizer(), check);
    return { share: differences.length > 0 ? Infinity : 0, message: differences.slice(0, 3).join("; ") };
  }
  if (!Object.hasOwn(KINDS, check.kind)) throw new Error(`unknown kind of check: ${check.kind}`);
  if (check.adapter && !spec.adapter) throw new Error("the check wants an adapter, the case has none");
  const { engine, tokenizer } = open;
  engine.setAdapterEnabled(check.adapter);
  const produced = await KINDS[check.kind]({
    check,
    engine,
    input,
    expectedNames: [...expected.keys()],
    tokenizer,
  });
  return compareAll(check.expects, expected as ReadonlyMap<string, HostTensor>, produced);
}
