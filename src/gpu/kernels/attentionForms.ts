// Forms of attention over packed rows. A real GPU wants many small threads; a software adapter wants few large ones that
// keep rows in registers, because every load costs it as much as 50 multiply-adds. Same sums, other rounding.
import alone from "../../../shaders/attention/alone.wgsl?raw";
import keysAlone from "../../../shaders/attention/keys_alone.wgsl?raw";
import keysQuad from "../../../shaders/attention/keys_quad.wgsl?raw";
import quadSource from "../../../shaders/attention/quad.wgsl?raw";
import rowsAlone from "../../../shaders/attention/rows_alone.wgsl?raw";
import rowsQuad from "../../../shaders/attention/rows_quad.wgsl?raw";
import seenKeys from "../../../shaders/attention/seen_keys.wgsl?raw";
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

/** Whether heads of `head4` vec4s are narrow enough for the wide forms. */
export const fitsWide = (head4: number): boolean => head4 <= MOST_VEC4;

/** What a lane walks over, by whether a quad of lanes loads it together. */
const WALK = { keys: { wide: keysAlone, quad: keysQuad }, rows: { wide: rowsAlone, quad: rowsQuad } };

const cache = new Map<string, Kernel>();

/** The wide form of a kernel for heads of `head4` vec4s, walking over keys or query rows. */
export function wideKernel(
  base: KernelSpec,
  walk: keyof typeof WALK,
  form: "wide" | "quad",
  head4: number,
): Kernel {
  const key = `${base.entry} ${form} ${head4}`;
  let found = cache.get(key);
  if (!found) {
    const quad = form === "quad";
    found = defineKernel({
      ...base,
      // Lanes of a quad keep in step by agreeing on every key, which a compiler cannot see.
      source: [
        quad ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);" : "",
        `const HEAD4 = ${head4}u;`,
        row,
        quad ? quadSource : alone,
        walk === "keys" ? seenKeys : "",
        WALK[walk][form],
        unroll(base.source, { HEAD4: head4 }),
      ].join("\n"),
      overrides: { TILES: WIDE_TILES },
      features: quad ? ["subgroups"] : [],
    });
    cache.set(key, found);
  }
  return found;
}
