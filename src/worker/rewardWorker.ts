// The worker that runs a user's reward function. It first receives { code, limits } and answers { ready } or {
// error }; then it receives { items } any number of times and answers { rewards } or { error }.
import { RewardSandbox, type RewardItem, type RewardLimits, type RewardOutcome } from "./rewardSandbox";

export type RewardRequest = { code: string; limits: RewardLimits } | { items: readonly RewardItem[] };
export type RewardAnswer = { ready: true } | RewardOutcome;

const scope = self as unknown as DedicatedWorkerGlobalScope;
const answer = (message: RewardAnswer): void => scope.postMessage(message);
let sandbox: RewardSandbox | null = null;

scope.addEventListener("message", ({ data }: MessageEvent<RewardRequest>) => {
  if ("items" in data) {
    if (sandbox) answer(sandbox.grade(data.items));
    return;
  }
  void RewardSandbox.open(data.code, data.limits).then(
    (opened) => {
      if (typeof opened === "string") return answer({ error: opened });
      sandbox = opened;
      answer({ ready: true });
    },
    (thrown: unknown) => answer({ error: `cannot be run here: ${String(thrown)}` }),
  );
});
