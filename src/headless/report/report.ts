// `report.html`: one file that shows a run without any network: pictures as inline SVG, numbers as tables.
import { compare, comparisonText } from "../../curriculum/paired";
import type { ProbeAnswer, RowsIdentity, RunEvent, RunIdentity } from "../../lib/events";
import { count, duration, percent } from "../../lib/format";
import { toSvg } from "../../ui/charts/scene";
import type { Summary } from "../summary";
import { gather, type Gathered } from "./gather";
import { table, text } from "./markup";
import { difficulty, frequency, rankFlow } from "./morePictures";
import { entropyByRound, heatmap, loss, race, type Picture } from "./pictures";
import { choice, forecast, frontier, judgments, parabola, rollouts, stepTime } from "./rewardPictures";

const STYLE = `
:root { color-scheme: light dark; --paper: light-dark(#fbfaf7, #131418); --card: light-dark(#fff, #1a1c22);
  --line: light-dark(#e6e2da, #2d3039); --edge: light-dark(#8f8a7f, #71747d); --ink: light-dark(#1d1c1a, #ecebe7);
  --soft: light-dark(#57534b, #b3b0a8); --faint: light-dark(#6c675e, #989590); --pick: light-dark(#b4410e, #ff9a5c);
  --random: light-dark(#6d6a64, #9c9992);
  --e0: light-dark(#f3f0e9, #20232a); --e1: light-dark(#cfdadd, #2b414d); --e2: light-dark(#8fb0bd, #3f6d80);
  --e3: light-dark(#437a90, #63a3b8); --e4: light-dark(#174e68, #b4e2ee); }
body { margin: 0 auto; max-width: 900px; padding: 24px 20px 80px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 0 0 4px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin-top: 18px; }
p { margin: 0 0 10px; color: var(--soft); max-width: 72ch; } svg { max-width: 100%; height: auto; display: block; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: 3px 14px 3px 0;
  border-bottom: 1px solid var(--line); vertical-align: top; } summary { cursor: pointer; color: var(--soft); margin-top: 8px; }
.scroll { overflow-x: auto; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.token { border-bottom: 3px solid transparent; } .piece { border-bottom: 0 solid var(--e3); } mark { background: none; color: var(--pick); font-weight: 600; }`;

const section = (id: string, title: string, inner: string): string =>
  `<section id="${id}"><h2>${text(title)}</h2>${inner}</section>`;

function picture(p: Picture): string {
  // Colours stay custom properties of this page, so that the pictures follow light and dark.
  const svg = toSvg(p.figure, `${p.question} ${p.sentence}`, (property) => `var(${property})`);
  return section(
    p.id,
    p.question,
    `<p>${text(p.sentence)}</p>${svg}<details><summary>As a table</summary>${table(p.table)}</details>`,
  );
}

const cost = (label: string, value: string): string[] => [label, value];

/** What the run was made of, with hashes in full: so that two reports can be held against each other. */
function madeOf(identity: RunIdentity | undefined): string[][] {
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

/** Before against after on the same questions: what the run changed, not what an order is worth. */
function change({ evaluations }: Gathered): string {
  const [first, last] = [evaluations[0], evaluations[evaluations.length - 1]];
  const found = first && first !== last ? compare([{ own: last, other: first }]) : null;
  if (!found?.mcnemar) return "";
  return ` After − before on the same questions: ${comparisonText(found)}. It says nothing about another order or seed.`;
}

function overview(data: Gathered, summary: Summary): string {
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
    ...Object.entries(tokens)
      .filter(([, n]) => n > 0)
      .map(([purpose, n]) => cost(`tokens, ${purpose}`, count(n))),
    ...Object.entries(seconds)
      .filter(([, s]) => s > 0)
      .map(([phase, s]) => cost(`time, ${phase}`, duration(s * 1000))),
    cost("GPU memory planned and created", `${count(gpuBytes.planned)} and ${count(gpuBytes.created)} bytes`),
    ...madeOf(data.started?.identity),
    ...Object.entries(data.started?.environment ?? {}).map(([key, value]) => cost(key, String(value))),
  ];
  return section(
    "outcome",
    "What came out, and what it cost",
    `<p>${text(outcome + change(data) + end)}</p>${table({ head: ["", ""], rows })}`,
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

function answers(data: Gathered): string {
  const [first, last] = [data.probes[0], data.probes[data.probes.length - 1]];
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

function picks(data: Gathered): string {
  if (data.rounds.length === 0) return "";
  const rounds = data.rounds.map((round) => {
    const rows = round.picks
      .slice(0, 100)
      .map((p) => [
        data.pool[p.sample]?.sampleId ?? String(p.sample),
        data.pool[p.sample]?.prompt ?? "",
        p.score === null ? "–" : p.score.toFixed(3),
        String(p.rank),
        p.pickedBefore.join(", ") || "–",
        p.reason,
      ]);
    return `<details><summary>Round ${round.round}: ${count(round.picks.length)} picks, ${count(round.new)} new</summary>${table({ head: ["sample", "prompt", "score", "rank", "picked in rounds", "why"], rows })}</details>`;
  });
  return section("picks", "What was picked, and why?", rounds.join(""));
}

/** The whole page. */
export function report(events: readonly RunEvent[], summary: Summary): string {
  const data = gather(events);
  const name = data.started?.name ?? "A run";
  const pictures = [heatmap, entropyByRound, race, loss, choice, parabola, frontier, forecast, stepTime];
  pictures.push(frequency, rankFlow, difficulty);
  const shown = pictures.map((make) => make(data)).filter((p) => p !== null);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(name)}</title><style>${STYLE}</style></head><body>
<h1>${text(name)}</h1><p>seed ${data.started?.seed ?? "–"}</p>
${overview(data, summary)}
${shown.map(picture).join("\n")}
${data.groups.length > 0 ? section("rollouts", "What did it try?", rollouts(data)) : ""}
${data.judged.some((step) => step.shown?.length) ? section("judgments", "What did it read, and what did it say?", judgments(data)) : ""}
${picks(data)}
${answers(data)}
${section("config", "Configuration", `<details><summary>As JSON</summary><pre>${text(JSON.stringify(data.started?.config ?? {}, null, 2))}</pre></details>`)}
</body></html>
`;
}
