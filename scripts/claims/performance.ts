// The figures of docs/performance.md, computed from docs/results/performance.json: tables, ratios to other engines,
// and whether each aim was reached.
import type { Blocks, PerformanceRow, PerformanceRun, Results } from "../results";
import { list, table, there } from "./words";

const runOf = (results: Results, name: string): PerformanceRun =>
  there(results.performance.runs.find((run) => run.name === name));
const OURS = "proximal";

/** The median of one row; throws where the record has none, so that no sentence is left without its figure. */
function medianOf(
  run: PerformanceRun,
  task: string,
  { shape, impl = OURS }: { shape?: string; impl?: string } = {},
): number {
  const row = run.rows.find((r) => r.task === task && r.impl === impl && (!shape || r.shape === shape));
  if (!row) throw new Error(`${run.name} has no row "${task}" of ${impl}`);
  return row.median;
}

/** 3,280 · 838 · 43.9 · 11.2 · 0.85 */
const figure = (value: number): string =>
  value >= 1000
    ? value.toLocaleString("en-US")
    : value >= 100
      ? value.toFixed(0)
      : value >= 1
        ? value.toPrecision(3)
        : value.toFixed(2);
const span = (row: PerformanceRow, between = " … ") => `${figure(row.min)}${between}${figure(row.max)}`;
const times = (ratio: number) => `${ratio.toFixed(1)} ×`;
const share = (ratio: number, digits = 0) => `${(100 * ratio).toFixed(digits)} %`;
const yes = (reached: boolean) => (reached ? "yes" : "no");
const shapeText = (shape: string) => shape.replaceAll("x", "×");

/** "Chromium 156, SwiftShader, five rounds, …": where a run was made. */
const where = ({ browser, adapter, date, rounds, loadBefore }: PerformanceRun) =>
  `${browser}, ${adapter}, ${date}, ${rounds === 1 ? "one round" : `${rounds} interleaved rounds`}${loadBefore === null ? "" : `, load before ${loadBefore.toFixed(1)}`}`;

function matmulTable(results: Results) {
  const run = runOf(results, "matmul");
  const shapes = ["512x512x512", "128x576x1536"];
  const of = run.rows.filter((row) => shapes.includes(row.shape));
  const kinds = [...new Set(of.map(({ task, impl }) => (task === "f32 matmul" ? impl : task)))];
  const rows = kinds.map((kind) => [
    kind === OURS ? "this engine" : kind,
    ...shapes.flatMap((shape) => {
      const row = of.find(
        (r) => r.shape === shape && (r.task === kind || (r.task === "f32 matmul" && r.impl === kind)),
      );
      return row ? [figure(row.median), span(row)] : ["", ""];
    }),
  ]);
  return `${where(run)}: \`${run.command}\`.\n\n${table(["f32 matmul, GFLOP/s", shapeText(shapes[0]), "spread", shapeText(shapes[1]), "spread"], rows)}`;
}

function modelTable(run: PerformanceRun, peers: string[]) {
  const tasks = [...new Set(run.rows.map(({ task }) => task))];
  const of = (task: string, impl: string) => run.rows.find((row) => row.task === task && row.impl === impl);
  const peer = (row: PerformanceRow | undefined) =>
    !row ? "" : row.wrong ? `[${figure(row.median)}]` : `${figure(row.median)} (${span(row, "–")})`;
  const rows = tasks.map((task) => {
    const own = there(of(task, OURS));
    return [task, figure(own.median), span(own), ...peers.map((name) => peer(of(task, name)))];
  });
  return `${where(run)}: \`${run.command}\`.\n\n${table(["built-in model’s shape, tokens/s", "this engine", "spread", ...peers], rows)}`;
}

const PEERS = ["jax-js", "onnxruntime-web", "transformers.js"];

/** Every aim, with what was measured and whether it is reached. */
function aims(results: Results) {
  const [matmul, model, scoring, memory] = ["matmul", "model", "scoring", "memory"].map((name) =>
    runOf(results, name),
  );
  const shapes = ["512x512x512", "128x576x1536"];
  const f32 = (shape: string, impl: string) => medianOf(matmul, "f32 matmul", { shape, impl });
  const toPeer = shapes.map((shape) => f32(shape, OURS) / f32(shape, "jax-js 0.1.25"));
  const ceiling = medianOf(matmul, "multiply-add in registers");
  const toCeiling = shapes.map((shape) => f32(shape, OURS) / ceiling);
  const backward = ["128x160x768", "128x576x3072", "128x1024x6144"].map(
    (shape) =>
      medianOf(matmul, "bf16 matmul, input gradient", { shape }) / medianOf(matmul, "bf16 matmul", { shape }),
  );
  const own = (task: string) => medianOf(model, task);
  const peer = (task: string, impl: string) => medianOf(model, task, { impl });
  const [forward, scores, step] = ["forward", "score", "LoRA step"].map((task) => own(`${task}, 4 × 128`));
  const decode = [1, 8, 32].map((n) => own(n === 1 ? "decode, 1 × 32 after 16" : `decode, ${n} × 32`));
  const [onnx, transformers] = ["onnxruntime-web", "transformers.js"].map(
    (impl) => decode[1] / peer("decode, 8 × 32", impl),
  );
  const lost =
    1 - own("decode, 603 of 1 to 32, 64 slots") / own("decode, 576 of their mean length, 64 slots");
  const saved = scoring.rows.flatMap((row) => (row.savedPercent ? [row.savedPercent] : []));
  const kept = there(memory.steps.find(({ how }) => how === "blocks kept"));
  const needed = kept.weights + kept.adapter + kept.moments + kept.activations;
  const peak = memory.peaksMiB[512] / needed;
  const free = scoring.rankCorrelations.filter(({ answers }) => answers.startsWith("over all"));
  const rho = ({ rho: r, interval: [low, high] }: PerformanceRun["rankCorrelations"][number]) =>
    `${[r, low, high].map((v) =>
      v
        .toFixed(3)
        .replace(/^(-?)0/, "$1")
        .replace("-", "−"),
    )}`.replace(/^([^,]*),([^,]*),(.*)$/, "$1 [$2, $3]");
  const rows = [
    ["matmul 3 × jax-js", list(toPeer.map(times)), yes(toPeer.every((r) => r >= 3))],
    [
      "matmul 35 % of the multiply-add ceiling",
      `${list(toCeiling.map((r) => share(r)))} (${share(f32(shapes[0], OURS) / medianOf(matmul, "4×4 blocks in registers"))} of the ceiling of 4×4 blocks)`,
      yes(toCeiling.every((r) => r >= 0.35)),
    ],
    [
      "dX with bf16 at 80 % of the forward",
      list(backward.map((r) => share(r))),
      yes(backward.every((r) => r >= 0.8)),
    ],
    [
      "forward 3 × the best peer",
      times(forward / peer("forward, 4 × 128", "jax-js")),
      yes(forward / peer("forward, 4 × 128", "jax-js") >= 3),
    ],
    [
      "LoRA step 4 × the best peer",
      times(step / peer("LoRA step, 4 × 128", "jax-js")),
      yes(step / peer("LoRA step, 4 × 128", "jax-js") >= 4),
    ],
    [
      "scoring at 95 % of the forward",
      `${share(scores / forward)} (${times(scores / peer("score, 4 × 128", "jax-js"))} jax-js)`,
      yes(scores / forward >= 0.95),
    ],
    [
      "decode 10 × onnxruntime-web",
      `${times(onnx)} (${times(transformers)} transformers.js)`,
      yes(onnx >= 10),
    ],
    ["8 together 4 × one", times(decode[1] / decode[0]), yes(decode[1] / decode[0] >= 4)],
    [
      "32 together half of the packed forward",
      `${share(decode[2] / forward)}, prompts counted as time and not as tokens`,
      yes(decode[2] / forward >= 0.5),
    ],
    [
      "ragged answers lose under 15 % to waiting",
      `${share(lost)} of 603 answers, the default pool’s size, against answers of their mean length`,
      yes(lost < 0.15),
    ],
    [
      "prefix and teacher-forced scoring save 83.5 % on SmolLM2-135M",
      `${list(saved.slice(0, 2).map((s) => `${s.toFixed(1)} %`))} without end tokens, where ρ with full length is ${list(free.slice(0, 2).map(rho))} ([below](#scoring-on-smollm2-135m))`,
      saved.every((s) => s >= 83.5) ? "in time" : "no",
    ],
    [
      "LoRA step on SmolLM2-135M, T = 512, within 1.25 ×",
      `${peak.toFixed(2)} × ([below](#memory))`,
      yes(peak <= 1.25),
    ],
    ...results.performance.watched.map(({ aim, measured, reached }) => [aim, measured, reached]),
  ];
  return table(["aim", "measured", "reached"], rows);
}

function firefoxSentence(results: Results) {
  const run = runOf(results, "model-firefox");
  const ratio = (task: string, impl: string) => medianOf(run, task) / medianOf(run, task, { impl });
  return `LoRA step ${times(ratio("LoRA step, 4 × 128", "jax-js"))} jax-js, decoding ${times(ratio("decode, 8 × 32", "onnxruntime-web"))} onnxruntime-web and ${times(ratio("decode, 8 × 32", "transformers.js"))} transformers.js.`;
}

function warmTable(results: Results) {
  const run = runOf(results, "warm");
  const tasks = [...new Set(run.rows.map(({ task }) => task))];
  const cell = (row: PerformanceRow | undefined) =>
    !row
      ? ""
      : row.unit === "s"
        ? `${row.median.toFixed(2)} s (${row.min.toFixed(2)} … ${row.max.toFixed(2)})`
        : String(row.median);
  const rows = tasks.map((task) => [
    task,
    ...["first visit", "second visit"].map((shape) =>
      cell(run.rows.find((row) => row.task === task && row.shape === shape)),
    ),
  ]);
  return `${where(run)}: \`${run.command}\`.\n\n${table(["what", "first visit", "second visit"], rows)}`;
}

function loopTables(results: Results) {
  const run = runOf(results, "loop");
  const one = (shape: string, head: string[], cells: (row: PerformanceRow) => string[]) => {
    const rows = run.rows.filter((row) => row.shape === shape);
    const total = rows.reduce((sum, { median }) => sum + median, 0);
    return table(
      head,
      rows.map((row) => [row.task, ...cells(row), share(row.median / total)]),
    );
  };
  const rounds = one(
    "two EDCO rounds",
    ["two EDCO rounds of 8 steps, 603 samples scored each", "seconds", "share"],
    (row) => [row.median.toFixed(2)],
  );
  const steps = one(
    "METIS step",
    ["METIS step: 18 candidates, 6 × 8 answers", "median of 6, s", "spread", "share"],
    (row) => [row.median.toFixed(3), `${row.min.toFixed(3)} … ${row.max.toFixed(3)}`],
  );
  return `${where(run)}: \`${run.command}\`.\n\n${rounds}\n\n${steps}`;
}

const sharedTable = (results: Results) =>
  table(
    ["work, n = 8, answers of 24 tokens", "prompt", "rows computed", "time saved", "ratio"],
    runOf(results, "shared-prompts").rows.map((row, i, all) => [
      all[i - 1]?.task === row.task ? "" : row.task,
      String(row.prompt),
      there(row.rows),
      `${row.savedPercent} %`,
      there(row.ratio).toFixed(1),
    ]),
  );

function scoringTables(results: Results) {
  const run = runOf(results, "scoring");
  const seconds = table(
    ["way", "median, s", "spread", "saved", "spread"],
    run.rows.map((row) => [
      row.task,
      figure(row.median),
      span(row),
      ...(row.savedPercent
        ? [
            `${row.savedPercent.toFixed(1)} %`,
            `${there(row.savedLow).toFixed(1)} … ${there(row.savedHigh).toFixed(1)}`,
          ]
        : ["", ""]),
    ]),
  );
  const ways = [...new Set(run.rankCorrelations.map(({ way }) => way))];
  const text = (value: number) =>
    value
      .toFixed(3)
      .replace(/^(-?)0/, "$1")
      .replace("-", "−");
  const ranks = table(
    [`Spearman with full length, n = ${run.rankCorrelations[0].n}`, ...ways],
    [...new Set(run.rankCorrelations.map(({ answers }) => answers))].map((answers) => [
      answers,
      ...ways.map((way) => {
        const { rho, interval } = there(
          run.rankCorrelations.find((r) => r.answers === answers && r.way === way),
        );
        return `${text(rho)} [${interval.map(text).join(", ")}]`;
      }),
    ]),
  );
  return `${seconds}\n\n${ranks}`;
}

const memoryStepTable = (results: Results) =>
  table(
    [
      "SmolLM2-135M, T = 512, MiB",
      "weights",
      "adapter, gradient",
      "moments",
      "saved activations",
      "scratch",
      "created",
      "over all but scratch",
    ],
    runOf(results, "memory").steps.map((s) => [
      s.how,
      ...[s.weights, s.adapter, s.moments, s.activations, s.scratch, s.created].map((v) => v.toFixed(1)),
      `${(s.created / (s.weights + s.adapter + s.moments + s.activations)).toFixed(2)} ×`,
    ]),
  );

const memoryLineTable = (results: Results) =>
  table(
    ["what", "fixed", "a row of T", "farthest from the line"],
    runOf(results, "memory").lines.map((l) => [
      l.what,
      `${l.fixedMiB} MiB`,
      `${l.rowKiB} KiB`,
      `${l.farthestPercent} %`,
    ]),
  );

export const performanceBlocks: Blocks = {
  "docs/performance.md": {
    matmul: matmulTable,
    model: (results) => modelTable(runOf(results, "model"), PEERS),
    aims,
    firefox: (results) => modelTable(runOf(results, "model-firefox"), PEERS),
    "firefox-ratios": firefoxSentence,
    warm: warmTable,
    loop: loopTables,
    "shared-prompts": sharedTable,
    scoring: scoringTables,
    "memory-steps": memoryStepTable,
    "memory-lines": memoryLineTable,
  },
};
