// One prompt's rollouts as table rows: reward, advantage, how unsure the model was at each token, and how much the
// step changed the answer's probability. Pure.
import { plural } from "../../lib/format";
import type { TableData } from "../../ui/controls/DataTable";
import { dead, mean, meanReward, type Group } from "./groups";

/** A token as far as the log knows it. */
export interface Piece {
  text: string;
  entropyNats: number;
}

export interface Answer {
  text: string;
  /** Tokens with their entropies; one piece without entropy where the log does not part the text. */
  pieces: Piece[];
  reward: number;
  advantage: number;
  meanNats: number;
  /** Nats by which the step moved its log-probability; null = not looked at. */
  moved: number | null;
}

export function answersOf(group: Group): Answer[] {
  return group.rewards.map((reward, r) => {
    const text = group.texts?.[r] ?? `answer ${r + 1}`;
    const entropy = group.tokenEntropy?.[r] ?? [];
    const characters = group.tokenChars?.[r] ?? [];
    let at = 0;
    const pieces =
      characters.length > 0
        ? characters.map((n, t) => ({
            text: text.slice(at, (at += n)) || "⏹",
            entropyNats: entropy[t] ?? NaN,
          }))
        : [{ text, entropyNats: NaN }];
    return {
      text,
      pieces,
      reward,
      advantage: group.advantages[r] ?? 0,
      meanNats: mean(entropy),
      moved: group.moved?.[r] ?? null,
    };
  });
}

/** Thickness of a token's underline, px; 0 where nothing is known. */
export const thickness = (entropyNats: number): number =>
  Number.isNaN(entropyNats) ? 0 : Math.min(7, 1 + 3.4 * Math.max(0, entropyNats));

export const signed = (value: number): string => `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;

export function groupSentence(group: Group): string {
  const right = group.rewards.filter((reward) => reward === 1).length;
  const forecast = group.variancePredicted === null ? "" : `, forecast ${group.variancePredicted.toFixed(3)}`;
  const verdict = dead(group)
    ? `all rewarded alike${forecast}, so nothing to learn from`
    : `variance ${group.variance.toFixed(3)}${forecast}`;
  return `Step ${group.step}: ${plural(group.rewards.length, "answer")} to one prompt, ${right} right, mean reward ${meanReward(group).toFixed(2)}; ${verdict}.${movedWords(group)}`;
}

function movedWords(group: Group): string {
  const { moved, advantages } = group;
  if (!moved) return "";
  const side = (sign: number): number => mean(moved.filter((_, r) => Math.sign(advantages[r] ?? 0) === sign));
  const [up, down] = [side(1), side(-1)];
  if (Number.isNaN(up) || Number.isNaN(down)) return "";
  return ` The step moved the log-probability of those above the mean by ${signed(up)} nats and of those below by ${signed(down)}.`;
}

export function answerTable(group: Group): TableData {
  return {
    columns: [
      "Answer",
      "#Reward",
      "#Advantage",
      "#Mean entropy, nats",
      "#Moved, nats",
      "Entropy by token, nats",
    ],
    rows: answersOf(group).map((answer, r) => [
      answer.text,
      answer.reward,
      signed(answer.advantage),
      Number.isNaN(answer.meanNats) ? "none" : answer.meanNats.toFixed(3),
      answer.moved === null ? "not measured" : signed(answer.moved),
      (group.tokenEntropy?.[r] ?? []).join(" "),
    ]),
  };
}

/** The group to open on: the newest whose movement was measured, else the newest. */
export function openingGroup(groups: readonly Group[]): number {
  const at = groups.findLastIndex((group) => group.moved !== undefined);
  return at >= 0 ? at : groups.length - 1;
}
