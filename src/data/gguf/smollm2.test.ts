// A real model from llama.cpp's converter: SmolLM2-135M-Instruct in Q4_1, against what transformers reads from it.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { openGguf } from "../gguf";
import type { OpenModel } from "../modelFolder";
import { neededTensors, parameterCount } from "../../families/tensors";
import { readFloats } from "../safetensors";
import { nodeFile } from "../testing/nodeFolder";
import reference from "./smollm2.fixture.json";

const path = `.cache/models/${reference.file}`;
const reason = existsSync(path) ? "" : `${path} is not there (npx tsx scripts/smollm2/fetch.ts fetches it)`;

// One test stands for all where the file is missing: it carries the reason into the summary.
if (reason) it.skip("SmolLM2-135M-Instruct, Q4_1", { meta: { reason } }, () => {});
else
  describe("SmolLM2-135M-Instruct, Q4_1", () => {
    let model: OpenModel;
    beforeAll(async () => {
      model = await openGguf(nodeFile(path));
    });

    it("has the shape of its Hugging Face repository", () => {
      expect(model.config).toMatchObject({
        architecture: "llama",
        layers: 30,
        hidden: 576,
        heads: 9,
        kvHeads: 3,
        headDim: 64,
      });
      expect(model.config).toMatchObject({
        vocab: 49_152,
        ropeTheta: 100_000,
        tiedHead: true,
        eosTokenIds: [2],
      });
      expect(parameterCount(model.config)).toBe(134_515_008);
      expect(model.weightBytes).toBeLessThan(98_362_432);
    });

    it("gives every tensor to the bit", async () => {
      const wanted = reference.tensors as Record<string, string>;
      for (const { name } of neededTensors(model.config)) {
        const values = await readFloats(model.tensors.get(name)!);
        expect(createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex"), name).toBe(
          wanted[name],
        );
      }
    }, 120_000);

    it.each(reference.texts)("cuts $text into the same tokens", ({ text, ids }) => {
      expect(model.tokenizer!.encode(text)).toEqual(ids);
      expect(model.tokenizer!.decode(ids, true)).toBe(text);
    });

    it.each(reference.chats)("renders “$prompt” the same", ({ prompt, text, ids }) => {
      expect(model.tokenizer!.chat(prompt)).toBe(text);
      expect(model.tokenizer!.chatIds(prompt)).toEqual(ids);
    });
  });
