// Forms of attention over packed rows. A real GPU wants many small threads; a software adapter wants few large ones that
// keep rows in registers, because every load costs it as much as 50 multiply-adds. Same sums, other rounding.
import keysAlone from "../../../shaders/attention/keys_alone.wgsl?raw";
import keysQuad from "../../../shaders/attention/keys_quad.wgsl?raw";
import rowsAlone from "../../../shaders/attention/rows_alone.wgsl?raw";
import rowsQuad from "../../../shaders/attention/rows_quad.wgsl?raw";
import row from "../../../shaders/common/row.wgsl?raw";
import { defineKernel, type Kernel, type KernelSpec } from "../kernel";
import { unroll } from "../unroll";

/** tiles: every device; wide: software adapters; quad: those with subgroups, four lanes share what they load. */
export type AttentionForm = "tiles" | "wide" | "quad";
export const ATTENTION_FORMS: readonly AttentionForm[] = ["tiles", "wide", "quad"];

/** What suits an adapter. */
export function attentionForm(gpu: {
  info: { software: boolean };
  features: ReadonlySet<string>;
}): AttentionForm {
  if (!gpu.info.software) return "tiles";
  return gpu.features.has("subgroups") ? "quad" : "wide";
}

/** Lanes a workgroup of the wide forms: few, since later rows of a document see more keys. */
export const WIDE_TILES = 8;
/** Most vec4s of rows that a lane keeps: past that a kernel compiles for seconds. */
const MOST_VEC4 = 16;

/** Heads of a group of `share` that one lane takes; 0 where heads are too wide for the wide forms. */
export const wideHeads = (share: number, head4: number): 0 | 1 | 2 =>
  head4 > MOST_VEC4 ? 0 : share % 2 === 0 && 2 * head4 <= MOST_VEC4 ? 2 : 1;

/** What a lane walks over, by whether a quad of lanes loads it together. */
const WALK = { keys: { wide: keysAlone, quad: keysQuad }, rows: { wide: rowsAlone, quad: rowsQuad } };

const cache = new Map<string, Kernel>();

/** The wide form of a kernel for heads of `head4` vec4s, `heads` of them a lane, walking over keys or query rows. */
export function wideKernel(
  base: KernelSpec,
  walk: keyof typeof WALK,
  form: "wide" | "quad",
  head4: number,
  heads: 1 | 2,
): Kernel {
  const key = `${base.entry} ${form} ${head4} ${heads}`;
  let found = cache.get(key);
  if (!found) {
    const quad = form === "quad";
    const two = heads === 2;
    const counts = {
      HEAD4: head4,
      PAIR: two ? head4 : 0,
      ALONE: two ? 0 : head4,
      TWO: two ? 1 : 0,
      ONE: two ? 0 : 1,
    };
    found = defineKernel({
      ...base,
      // Lanes of a quad keep in step by agreeing on every key, which a compiler cannot see.
      source: [
        quad ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);" : "",
        row,
        WALK[walk][form],
        unroll(base.source, counts),
      ].join("\n"),
      overrides: { HEAD4: head4, TILES: WIDE_TILES, HEADS: heads },
      features: quad ? ["subgroups"] : [],
    });
    cache.set(key, found);
  }
  return found;
}
