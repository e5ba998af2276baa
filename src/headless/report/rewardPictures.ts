// The report's pictures of reinforcement: the page's own, with what the page lets one walk through laid out as a list.
import { count } from "../../lib/format";
import { answersOf, groupSentence, signed, thickness } from "../../pictures/reward/answers";
import { choiceFigure, choiceSentence, choiceTable } from "../../pictures/reward/choice";
import {
  forecastFigure,
  forecastSentence,
  forecastTable,
  forecastsOf,
  hasForecasts,
  offSelectionSentence,
} from "../../pictures/reward/forecast";
import { frontierFigure, frontierSentence, frontierTable } from "../../pictures/reward/frontier";
import { groupTable, type Group } from "../../pictures/reward/groups";
import { judgmentSentence, shownJudgments } from "../../pictures/reward/judgments";
import { parabolaFigure, parabolaSentence } from "../../pictures/reward/parabola";
import { stepTimeFigure, stepTimeSentence, stepTimeTable } from "../../pictures/reward/stepTime";
import type { TableData } from "../../ui/controls/DataTable";
import type { Gathered } from "./gather";
import { text, type Table } from "./markup";
import type { Picture } from "./pictures";

const WIDE = { width: 860, height: 260 };
const SQUARE = { width: 520, height: 320 };
/** Groups and judgments that the report spells out; the rest is in the log. */
const SPELT_OUT = 8;

const asTable = ({ columns, rows }: TableData): Table => ({
  head: columns.map((name) => name.replace(/^#/, "")),
  rows: rows.map((row) => row.map(String)),
});

/** The page's key to a picture, as words under its sentence. */
const keyed = (sentence: string, key: string): string => `${sentence} ${key}`;

/** Up to `most` of a list, spread over it. */
function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
}

export function parabola({ groups }: Gathered): Picture | null {
  if (groups.length === 0) return null;
  return {
    id: "parabola",
    question: "Where is the learning?",
    sentence: keyed(
      parabolaSentence(groups),
      `Filled: the newest third of the steps; rings: earlier ones. Dashed: what ${groups[0].rewards.length} rollouts show of p(1 − p) on average.`,
    ),
    figure: parabolaFigure(groups, SQUARE),
    table: asTable(groupTable(groups)),
  };
}

export function frontier({ groups, started }: Gathered): Picture | null {
  if (groups.length === 0) return null;
  const steps = Math.max(started?.planned.steps ?? 0, groups[groups.length - 1].step);
  return {
    id: "frontier",
    question: "Does it stay at the edge?",
    sentence: keyed(frontierSentence(groups), "Each step is faint, its running mean is bold."),
    figure: frontierFigure(groups, null, { ...WIDE, steps }),
    table: asTable(frontierTable(groups)),
  };
}

export function forecast({ groups, judged, forecastProbes }: Gathered): Picture | null {
  const forecasts = forecastsOf(groups, judged);
  if (forecasts.pairs.length === 0 && !judged.some(hasForecasts)) return null;
  return {
    id: "forecast",
    question: "Does it know what it does not know?",
    sentence: keyed(
      forecastSentence(forecasts) + offSelectionSentence(forecastProbes),
      "A dot's size is the number of studied prompts; rings are means of a fifth of the range; the line is a perfect forecast, dashed what a perfect one would see; forecasts that could not be read lie on the left edge.",
    ),
    figure: forecastFigure(forecasts, groups, SQUARE),
    table: asTable(forecastTable(groups, forecastProbes)),
  };
}

export function stepTime({ steps, started }: Gathered): Picture | null {
  const times = steps.flatMap(({ step, partsMs }) => (partsMs ? [{ step, ...partsMs }] : []));
  if (times.length === 0) return null;
  return {
    id: "step-time",
    question: "What does a step take?",
    sentence: keyed(
      stepTimeSentence(times),
      "From below: judging dark, rollouts light, training orange; seconds.",
    ),
    figure: stepTimeFigure(times, { ...WIDE, steps: started?.planned.steps ?? 0 }),
    table: asTable(stepTimeTable(times)),
  };
}

/** The newest step that chose among candidates. */
export function choice({ judged, groups, pool }: Gathered): Picture | null {
  const step = judged[judged.length - 1];
  if (!step) return null;
  const prompt = (sample: number): string => pool[sample]?.prompt ?? `sample ${sample}`;
  return {
    id: "choice",
    question: "Which prompts did it choose, and why?",
    sentence: keyed(
      choiceSentence(step, groups),
      "Bars are forecasts of variance, orange where studied, dashed where unreadable; circles are the variances that followed.",
    ),
    figure: choiceFigure(step, groups, prompt, WIDE.width),
    table: asTable(choiceTable(step, groups, prompt)),
  };
}

const details = (summary: string, inner: string, open: boolean): string =>
  `<details${open ? " open" : ""}><summary>${text(summary)}</summary>${inner}</details>`;

function answersMarkup(group: Group): string {
  const rows = answersOf(group).map((answer) => {
    const words = answer.pieces
      .map(({ text: piece, entropyNats }) =>
        Number.isNaN(entropyNats)
          ? text(piece)
          : `<span class="piece" style="border-bottom-width:${thickness(entropyNats).toFixed(1)}px" title="${entropyNats.toFixed(2)} nats">${text(piece)}</span>`,
      )
      .join("");
    const numbers = [
      String(Number(answer.reward.toFixed(3))),
      signed(answer.advantage),
      Number.isNaN(answer.meanNats) ? "–" : answer.meanNats.toFixed(2),
      answer.moved === null ? "–" : signed(answer.moved),
    ];
    return `<tr><td><pre>${words}</pre></td>${numbers.map((n) => `<td>${n}</td>`).join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>answer</th><th>reward</th><th>advantage</th><th>nats a token</th><th>moved, nats</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** Groups whose movement was measured, spread over the run: the most mixed of their steps. */
export function rollouts({ groups, pool }: Gathered): string {
  const measured = groups.filter((group) => group.moved !== undefined);
  const shown = spread(measured.length > 0 ? measured : groups, SPELT_OUT);
  const intro = `<p>${count(shown.length)} of ${count(groups.length)} groups, each the most mixed of its step where that was measured. The underline is thicker where the model was less sure of the token; moved is the change of the answer's log-probability by the step.</p>`;
  const parts = shown.map((group, i) => {
    const question = pool[group.sample]?.prompt ?? `sample ${group.sample}`;
    const inner = `<p>${text(question)}</p>${answersMarkup(group)}`;
    return details(groupSentence(group), inner, i === shown.length - 1);
  });
  return intro + parts.join("");
}

/** The very context and judgment of a few candidates, spread over the run. */
export function judgments({ judged, groups }: Gathered): string {
  const all = shownJudgments(judged, groups);
  const shown = spread(all, SPELT_OUT);
  const parts = shown.map((one, i) =>
    details(
      judgmentSentence(one),
      `<pre>${text(one.context)}<mark>${text(one.judgment)}</mark></pre>`,
      i === shown.length - 1,
    ),
  );
  return `<p>${count(shown.length)} of the ${count(all.length)} judgments that the log kept word for word; what the model wrote is orange.</p>${parts.join("")}`;
}
