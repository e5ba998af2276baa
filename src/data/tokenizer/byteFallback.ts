// Bytes that stand as tokens of their own ("<0xE5>", where a vocabulary lacks a character), decoded as Hugging Face's tokenizers
// do: all of a run as one UTF-8 text, and where they are none, U+FFFD for each byte. The library's decoder drops U+FEFF.
import { ByteFallbackDecoder, SequenceDecoder, type Decoder } from "@huggingface/tokenizers";

/** Changes the decoder, or those of its steps that decode bytes. */
export function decodeBytesOneByOne(decoder: Decoder | null): void {
  if (decoder instanceof SequenceDecoder) decoder.decoders.forEach(decodeBytesOneByOne);
  if (decoder instanceof ByteFallbackDecoder) Object.assign(decoder, { text_decoder: { decode } });
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "\uFFFD".repeat(bytes.length);
  }
}
