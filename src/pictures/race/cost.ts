// The cost of choosing: tokens and time by purpose for the run and its baseline, and what other entropy estimators
// would have cost. Pure.
import { count, percent } from "../../lib/format";
import { choosingShare, SHARE_OF } from "../../log/share";
import { costPhases, PHASES } from "../../log/phases";
import type { RunView } from "../../log/view";
import type { TableData } from "../../ui/controls/DataTable";

export function costSentence(view: RunView): string {
  const { score, judge, rollout, train } = view.tokens;
  const choosing = score + judge;
  if (train === 0 && choosing === 0) return "Nothing has been spent yet.";
  const spent = choosingShare(view);
  if (choosing === 0)
    return `This order scores nothing: all ${count(train + rollout)} tokens went into learning.`;
  const ratio = train > 0 ? `, ${(choosing / train).toFixed(1)} for each training token` : "";
  const share = spent === null ? "" : ` It took ${percent(spent)} ${SHARE_OF}.`;
  const rows = view.comparisons.at(-1)?.rows ?? [];
  const cheap = [...rows].sort((a, b) => a.elapsedMs - b.elapsedMs)[0];
  const full = rows.find((row) => /full/.test(row.estimator));
  const tip =
    cheap && full && cheap !== full && full.elapsedMs > 0
      ? ` The cheapest estimator, ${cheap.estimator}, takes ${percent(cheap.elapsedMs / full.elapsedMs)} of full length’s time and ranks like it with ${cheap.spearmanWithFull.toFixed(2)}.`
      : "";
  return `Choosing has cost ${count(choosing)} tokens${ratio}.${share}${tip}`;
}

export function costTable(view: RunView, baseline: RunView | null, own: string, other: string): TableData {
  const rows: (string | number)[][] = [];
  for (const [name, run] of [[own, view], ...(baseline ? [[other, baseline]] : [])] as [string, RunView][])
    for (const purpose of costPhases)
      rows.push([
        name,
        PHASES[purpose].word,
        run.tokens[purpose],
        (run.spentMs[purpose] / 1000).toFixed(1),
        "",
      ]);
  for (const row of view.comparisons.at(-1)?.rows ?? [])
    rows.push([
      `estimator: ${row.estimator}`,
      "scoring once",
      row.tokens,
      (row.elapsedMs / 1000).toFixed(1),
      row.spearmanWithFull.toFixed(3),
    ]);
  return { columns: ["What", "Purpose", "#Tokens", "#Seconds", "#Agreement with full length"], rows };
}
