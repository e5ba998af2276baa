// A GGUF file as a model: shape and tokenizer from its metadata, weights under Hugging Face's names.
import { LabError } from "../lib/errors";
import type { ByteSource, ModelFolder } from "./files";
import { ggufConfig } from "./gguf/config";
import { readGgufHeader } from "./gguf/header";
import { dequantize } from "./gguf/quants";
import { ggufTensors } from "./gguf/tensors";
import { ggufTokenizer } from "./gguf/tokenizer";
import { checkedModel, openModel, type OpenModel } from "./modelFolder";
import { checkTensors } from "./modelTensors";
import { unpacked } from "./tar";

/**
 * Header, shape and tokenizer of a GGUF file, checked; the weights are read as they are uploaded.
 * @throws LabError "model" with the first thing that is wrong.
 */
export async function openGguf(source: ByteSource): Promise<OpenModel> {
  const header = await readGgufHeader(source);
  const rope = header.tensors.get("rope_freqs.weight");
  const factors =
    rope?.type.name === "F32" && rope.bytes <= 4096
      ? dequantize(rope.type, await source.read(rope.offset, rope.bytes))
      : null;
  const config = ggufConfig(source.name, header, factors);
  const tensors = ggufTensors(source, header, config);
  checkTensors(config, tensors, source.name);
  return checkedModel(source.name, config, tensors, ggufTokenizer(source.name, header), [source]);
}

/**
 * What a user chose or dropped: a folder of Hugging Face files, one GGUF file, or a tar archive of either.
 * @throws LabError "model" for several GGUF files, and whatever opening finds wrong.
 */
export async function openChosen(given: ModelFolder): Promise<OpenModel> {
  const folder = await unpacked(given);
  const names = await folder.list();
  const found = names.filter((name) => /\.gguf$/i.test(name));
  if (names.includes("config.json") || found.length === 0) return openModel(folder);
  const source = found.length === 1 ? await folder.open(found[0]!) : null;
  if (source) return openGguf(source);
  throw new LabError(
    "model",
    `${folder.name} holds ${found.length} GGUF files (${found.slice(0, 3).join(", ")}…), and one is needed.`,
    "Choose one of the files.",
  );
}
