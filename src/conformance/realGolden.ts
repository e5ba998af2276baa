// Reads and validates e2e/golden/smollm2/golden.json, the numbers that PyTorch computed for SmolLM2.
import * as v from "valibot";
import { LINEARS } from "../families/config";

const ids = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));
const numbers = v.array(v.number());

const golden = v.looseObject({
  format: v.literal("golden-smollm2"),
  version: v.literal(1),
  file: v.looseObject({ name: v.string(), bytes: v.number() }),
  greedy: v.looseObject({
    max_new_tokens: v.number(),
    eos_token_id: v.number(),
    runs: v.pipe(
      v.array(v.looseObject({ prompt: v.string(), prompt_ids: ids, tokens: ids })),
      v.minLength(3),
    ),
  }),
  text: v.looseObject({ text: v.string(), ids, logprobs: numbers, entropies: numbers }),
  lora: v.looseObject({
    r: v.number(),
    alpha: v.number(),
    targets: v.array(v.picklist(LINEARS)),
    lr: v.number(),
    betas: v.tuple([v.number(), v.number()]),
    eps: v.number(),
    weight_decay: v.number(),
    max_grad_norm: v.number(),
    schedule: v.literal("constant"),
    steps: v.number(),
    initial_a_sha256: v.record(v.string(), v.string()),
    chats: v.array(v.looseObject({ prompt: v.string(), answer: v.string(), ids, loss_mask: ids })),
    losses: numbers,
    grad_norms: numbers,
  }),
});

export type RealGolden = v.InferOutput<typeof golden>;

/** @throws Error naming the first wrong key. */
export function parseRealGolden(value: unknown): RealGolden {
  const result = v.safeParse(golden, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Error(`golden.json: ${v.getDotPath(issue) ?? "file"}: ${issue.message}`);
}
