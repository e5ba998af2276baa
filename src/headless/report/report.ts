// Writes `report.html`: one file that shows a run without a network, with the page's own pictures as inline SVG and
// their numbers as tables. Colours stay CSS custom properties, so that the report has a light and a dark theme.
import { compare, comparisonText } from "../../curriculum/paired";
import type { ProbeAnswer, RowsIdentity, RunEvent, RunIdentity } from "../../lib/events";
import { count, duration, percent } from "../../lib/format";
import { PHASES, phases, type LogPhase } from "../../log/phases";
import type { RunView } from "../../log/view";
import { firstPictures } from "../../pictures/first";
import { frameOf } from "../../pictures/frame";
import { laterPictures } from "../../pictures/later";
import { byPlace, type Frame, type KeyEntry, type Picture } from "../../pictures/picture";
import { toSvg } from "../../ui/charts/scene";
import type { Summary } from "../summary";
import { judgments, rollouts } from "./inspectors";
import { table, text } from "./markup";

export const STYLE = `
:root { color-scheme: light dark; --paper: light-dark(#fbfaf7, #131418); --card: light-dark(#fff, #1a1c22);
  --line: light-dark(#e6e2da, #2d3039); --edge: light-dark(#8f8a7f, #71747d); --text: light-dark(#1d1c1a, #ecebe7);
  --soft: light-dark(#57534b, #b3b0a8); --faint: light-dark(#6c675e, #989590); --pick: light-dark(#b4410e, #ff9a5c);
  --random: light-dark(#6d6a64, #9c9992);
  --e0: light-dark(#f3f0e9, #20232a); --e1: light-dark(#cfdadd, #2b414d); --e2: light-dark(#8fb0bd, #3f6d80);
  --e3: light-dark(#437a90, #63a3b8); --e4: light-dark(#174e68, #b4e2ee); }
body { margin: 0 auto; max-width: 900px; padding: 24px 20px 80px; background: var(--paper); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 0 0 4px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin-top: 18px; }
p { margin: 0 0 10px; color: var(--soft); max-width: 72ch; } svg { max-width: 100%; height: auto; display: block; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: 3px 14px 3px 0;
  border-bottom: 1px solid var(--line); vertical-align: top; } summary { cursor: pointer; color: var(--soft); margin-top: 8px; }
.scroll { overflow-x: auto; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
th.n, td.n { text-align: right; } .aside { font-size: 13px; color: var(--faint); margin-top: 6px; }
.key { display: flex; gap: 4px 16px; flex-wrap: wrap; font-size: 13px; align-items: center; margin-top: 6px; max-width: none; }
.key i { display: inline-block; width: 18px; height: 10px; border-radius: 2px; margin-right: 6px; }
.key .k-pick { background: var(--pick); } .key .k-random { background: var(--random); } .key .k-e2 { background: var(--e2); }
.key .k-e3 { background: var(--e3); } .key .k-line { height: 3px; vertical-align: 3px; } .key .k-thin { width: 4px; height: 12px; }
.key .k-ramp { width: 44px; background: linear-gradient(90deg, var(--e0), var(--e1), var(--e2), var(--e3), var(--e4)); }
.key .k-round { width: 10px; border-radius: 50%; } .key .k-ring { border: 1.5px solid var(--random); }
.key .k-dash { height: 0; border-top: 2px dashed var(--random); border-radius: 0; vertical-align: 3px; }
.key .k-ring-pick { border: 1.5px solid var(--pick); } .key .k-unread { border: 1.5px dashed var(--random); }
.token { border-bottom: 3px solid transparent; } .piece { border-bottom: 0 solid var(--e3); } mark { background: none; color: var(--pick); font-weight: 600; }`;

export const section = (id: string, title: string, inner: string): string =>
  `<section id="${id}"><h2>${text(title)}</h2>${inner}</section>`;

/** Room for a figure inside a section. */
export const WIDTH = 866;

export const variable = (property: string): string => `var(${property})`;

/** Glossary words are explained on the page only; in the report they are plain words. */
const plain = (words: string): string => words.replace(/\[\[(?:[^|\]]+\|)?([^\]]+)\]\]/g, "$1");

function keyEntry({ mark, color, text: words }: KeyEntry): string {
  const swatch = color ? `<i style="background:${color}"></i>` : mark === "" ? "" : `<i class="${mark}"></i>`;
  return `<span>${swatch}${text(plain(words))}</span>`;
}

function picture({ id, question, ...make }: Picture, frame: Frame): string {
  const sentence = make.sentence(frame);
  const figure = make.figure(frame, WIDTH);
  const svg = figure ? toSvg(figure, `${question} ${sentence}`, variable) : "";
  const entries = make.key?.(frame) ?? [];
  const key = entries.length > 0 ? `<p class="key">${entries.map(keyEntry).join("")}</p>` : "";
  const notes = (make.notes?.(frame) ?? []).map((note) => `<p class="aside">${text(note)}</p>`).join("");
  const numbers = `<details><summary>As a table</summary>${table(make.table(frame))}</details>`;
  return section(id, question, `<p>${text(sentence)}</p>${svg}${key}${notes}${numbers}`);
}

const cost = (label: string, value: string): string[] => [label, value];

/** The identity of the run with complete hashes, so that two reports can be compared. */
function madeOf(identity: RunIdentity | null): string[][] {
  if (!identity) return [];
  const { train, test, weights, code } = identity;
  const rows = ({ name, rows: n, hash }: RowsIdentity) => `${name}, ${count(n)} rows, SHA-256 ${hash}`;
  return [
    cost("rows to train on", rows(train)),
    cost("rows to test on", rows(test)),
    cost("model", `${weights.name}, SHA-256 ${weights.hash}`),
    cost("version of the lab", code),
  ];
}

/** Answers before and after training to the same questions: what the run changed, not how good its strategy is. */
function change({ evaluations }: RunView): string {
  const [first, last] = [evaluations[0], evaluations[evaluations.length - 1]];
  const found = first && first !== last ? compare([{ own: last, other: first }]) : null;
  if (!found?.mcnemar) return "";
  return ` After − before on the same questions: ${comparisonText(found)}. It says nothing about another order or seed.`;
}

/** What was spent on each phase, in the order of the table of phases. */
const spent = (
  byPhase: Readonly<Partial<Record<LogPhase, number>>>,
  row: (phase: LogPhase, amount: number) => string[],
): string[][] =>
  phases.flatMap((phase) => {
    const amount = byPhase[phase] ?? 0;
    return amount > 0 ? [row(phase, amount)] : [];
  });

function overview(run: RunView, summary: Summary): string {
  const { before, after, tokens, seconds, gpuBytes } = summary;
  const outcome =
    before && after
      ? `${after.metric} ${percent(before.value)} before, ${percent(after.value)} after (95 %: ${percent(after.interval[0])} to ${percent(after.interval[1])}, ${count(after.n)} test samples).`
      : "The run has no evaluation before and after.";
  const end =
    summary.status === "done"
      ? ""
      : ` The run was not finished: ${summary.status}${summary.reason ? `, ${summary.reason}` : ""}.`;
  const rows = [
    ...spent(tokens, (phase, n) => cost(`tokens, ${PHASES[phase].word}`, count(n))),
    ...spent(seconds, (phase, s) => cost(`time, ${PHASES[phase].word}`, duration(s * 1000))),
    cost("GPU memory planned and created", `${count(gpuBytes.planned)} and ${count(gpuBytes.created)} bytes`),
    ...madeOf(run.identity),
    ...Object.entries(run.environment).map(([key, value]) => cost(key, String(value))),
  ];
  return section(
    "outcome",
    "What came out, and what it cost",
    `<p>${text(outcome + change(run) + end)}</p>${table({ columns: ["", ""], rows })}`,
  );
}

/** Tokens of an answer, underlined by how unsure the model was; the number is there on hover and for readers. */
function strip({ tokens, entropy }: ProbeAnswer): string {
  const level = (nats: number) => Math.max(0, Math.min(4, Math.round(nats * 2)));
  return tokens
    .map(
      (token, i) =>
        `<span class="token" style="border-color:var(--e${level(entropy[i] ?? 0)})" title="${(entropy[i] ?? 0).toFixed(2)} nats">${text(token)}</span>`,
    )
    .join("");
}

function answers({ probes }: RunView): string {
  const [first, last] = [probes[0], probes[probes.length - 1]];
  if (!first || first === last) return "";
  const verdict = (correct: boolean | null) => (correct === null ? "" : correct ? " (right)" : " (wrong)");
  const rows = first.answers
    .map((before) => {
      const after = last.answers.find((a) => a.promptId === before.promptId);
      if (!after) return "";
      const side = (answer: ProbeAnswer) => `<td><pre>${strip(answer)}${verdict(answer.correct)}</pre></td>`;
      return `<tr><td><pre>${text(before.prompt)}</pre></td><td><pre>${text(before.expected)}</pre></td>${side(before)}${side(after)}</tr>`;
    })
    .join("");
  return section(
    "answers",
    "So what?",
    `<p>The same prompts before and after, greedy. The underline is darker where the next token was less certain.</p><div class="scroll"><table><thead><tr><th>prompt</th><th>reference</th><th>before</th><th>after</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

function picks({ rounds, samples }: RunView): string {
  const chosen = rounds.flatMap(({ round, picks: list, newPicks }) => {
    if (!list) return [];
    const rows = list.map((p) => [
      samples[p.sample]?.sampleId ?? String(p.sample),
      samples[p.sample]?.prompt ?? "",
      p.score === null ? "–" : p.score.toFixed(3),
      p.rank,
      p.pickedBefore.join(", ") || "–",
      p.reason,
    ]);
    const columns = ["Sample", "Question", "#Score", "#Rank", "Picked in rounds", "Why"];
    return `<details><summary>Round ${round}: ${count(list.length)} picks, ${count(newPicks)} new</summary>${table({ columns, rows })}</details>`;
  });
  return chosen.length === 0 ? "" : section("picks", "What was picked, and why?", chosen.join(""));
}

/** The config as the log has it. */
const configOf = (events: readonly RunEvent[]): string =>
  JSON.stringify(events.find((event) => event.type === "run.started")?.config ?? {}, null, 2);

/**
 * The whole page.
 * @param baseline the log of another run on the same questions with the same budget, drawn in grey
 */
export function report(
  events: readonly RunEvent[],
  summary: Summary,
  baseline: readonly RunEvent[] = [],
): string {
  const frame = frameOf(events, baseline);
  const { run } = frame;
  const name = run.name || "A run";
  const pictures = byPlace([...firstPictures, ...laterPictures]).filter((one) => one.applies(frame));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(name)}</title><style>${STYLE}</style></head><body>
<h1>${text(name)}</h1><p>seed ${run.status === "empty" ? "–" : run.seed}</p>
${overview(run, summary)}
${pictures.map((one) => picture(one, frame)).join("\n")}
${run.groups.length > 0 ? section("rollouts", "What did it try?", rollouts(run)) : ""}
${run.judged.some((step) => step.shown?.length) ? section("judgments", "What did it read, and what did it say?", judgments(run)) : ""}
${picks(run)}
${answers(run)}
${section("config", "Configuration", `<details><summary>As JSON</summary><pre>${text(configOf(events))}</pre></details>`)}
</body></html>
`;
}
