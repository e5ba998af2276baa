// GGUF files: recognised by their first bytes. Their weights are not read by this lab, and the refusal says so.
import { LabError } from "../lib/errors";
import type { ByteSource } from "./files";

const MAGIC = "GGUF";

/**
 * Looks at a .gguf file.
 * @throws LabError "model" always: for what is no GGUF file, and for one that is, since it cannot be used here.
 */
export async function openGguf(source: ByteSource): Promise<never> {
  const lead = await source.read(0, Math.min(4, source.size));
  const found = [...lead].map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·")).join("");
  if (found !== MAGIC) {
    throw new LabError(
      "model",
      `${source.name} is not a GGUF file: it begins with “${found}” instead of the magic “${MAGIC}”.`,
      "Download the file again, or choose a folder with Hugging Face files.",
      { file: source.name, size: source.size },
    );
  }
  throw new LabError(
    "model",
    `${source.name} is a GGUF file, and GGUF models are not supported.`,
    "Choose a folder with Hugging Face files: config.json, tokenizer.json and .safetensors.",
    { file: source.name, size: source.size },
  );
}
