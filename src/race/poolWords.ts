// What each pool of the arena is, in a line.

const words: Record<string, string> = {
  needle: "Most rows are known; a few new skills hide among them.",
  noisy: "Half of the rows teach nothing: their answers are random.",
  comm: "Radio engineering, from known to new.",
  med: "Doses and drips, from known to new.",
  law: "Fines and terms, from known to new.",
  "wrong-labels": "40 % of the rows have the answer of another question.",
  "wrong-source": "Half of the rows come from one source, and all its answers are wrong.",
  "near-duplicates": "60 % of the rows say another row again.",
  contradictions: "Two rows in five ask the same with another answer.",
  "long-tail": "Twelve skills, the r-th as frequent as 1/r; the test asks all alike.",
  "needs-first": "Two new skills, of which one begins with the other.",
  "shifting-mix": "Two new skills give way to two others.",
  imbalance: "80 % of the rows are known, a third of the rest is beyond the model.",
};

/** "" for a pool that is somebody's own. */
export const poolWords = (pool: string): string => words[pool] ?? "";
