// The report's list of what a reinforcement run wrote, word for word; on the page the same content has buttons.
import { count } from "../../lib/format";
import type { RunView } from "../../log/view";
import { answersOf, groupSentence, signed, thickness } from "../../pictures/reward/answers";
import type { Group } from "../../pictures/reward/groups";
import { judgmentSentence, shownJudgments } from "../../pictures/reward/judgments";
import { text } from "./markup";

/** Groups and judgments that the report spells out; the rest is in the log. */
const SPELT_OUT = 8;

/** Up to `most` of a list, spread over it. */
function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
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
export function rollouts({ groups, samples }: RunView): string {
  const measured = groups.filter((group) => group.moved !== undefined);
  const shown = spread(measured.length > 0 ? measured : groups, SPELT_OUT);
  const intro = `<p>${count(shown.length)} of ${count(groups.length)} groups, each the most mixed of its step where that was measured. The underline is thicker where the model was less sure of the token; moved is the change of the answer's log-probability by the step.</p>`;
  const parts = shown.map((group, i) => {
    const question = samples[group.sample]?.prompt ?? `sample ${group.sample}`;
    const inner = `<p>${text(question)}</p>${answersMarkup(group)}`;
    return details(groupSentence(group), inner, i === shown.length - 1);
  });
  return intro + parts.join("");
}

/** The very context and judgment of a few candidates, spread over the run. */
export function judgments({ judged, groups }: RunView): string {
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
