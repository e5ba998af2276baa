// Chooses the variant of the attention kernels over packed rows. A real GPU works best with many small threads. A
// software adapter works best with few large threads that keep rows in registers, because a load from memory costs
// it as much as 50 multiply-adds. The variants compute the same sums with different rounding.
import {
  noSubgroups,
  keysNoSubgroups,
  keysQuad,
  quad,
  rowsNoSubgroups,
  rowsQuad,
  seenKeys,
} from "../../../shaders/attention/index";
import { row } from "../../../shaders/common/index";
import type { KernelOptions } from "../kernel";

/** tiles: every device; wide: software adapters; quad: those with subgroups, four lanes share what they load. */
export type AttentionVariant = "tiles" | "wide" | "quad";
export const ATTENTION_VARIANTS: readonly AttentionVariant[] = ["tiles", "wide", "quad"];

/** What suits an adapter. */
export function attentionVariant(gpu: {
  info: { software: boolean };
  features: ReadonlySet<string>;
}): AttentionVariant {
  if (!gpu.info.software) return "tiles";
  return gpu.features.has("subgroups") ? "quad" : "wide";
}

/** Lanes a workgroup of the wide variants: few, since later rows of a document see more keys. */
export const WIDE_TILES = 8;
/** Most vec4s of rows that a lane keeps: past that a kernel compiles for seconds. */
const MOST_VEC4 = 16;

/** Whether heads of `head4` vec4s are narrow enough for the wide variants. */
export const fitsWide = (head4: number): boolean => head4 <= MOST_VEC4;

/** What a lane walks over, by whether a quad of lanes loads it together. */
const WALK = {
  keys: { wide: [noSubgroups, seenKeys, keysNoSubgroups], quad: [quad, seenKeys, keysQuad] },
  rows: { wide: [noSubgroups, rowsNoSubgroups], quad: [quad, rowsQuad] },
};

export type WideVariant = Exclude<AttentionVariant, "tiles">;

/** What stands before the wide variant of a kernel for heads of `head4` vec4s, walking over keys or query rows. */
export function wideStart(walk: keyof typeof WALK, variant: WideVariant, head4: number): string {
  // The lanes of a quad take the same branches, because they agree on every key, but WGSL's uniformity analysis is made per
  // workgroup and cannot prove that (https://github.com/gpuweb/gpuweb/pull/5431), so its diagnostic is switched off.
  const subgroups = variant === "quad" ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);" : "";
  const fragments = [row, ...WALK[walk][variant]].map((fragment) => fragment.text);
  return [subgroups, `const HEAD4 = ${head4}u;`, ...fragments].join("\n");
}

/** How the wide variants run. */
export const wideOptions = (variant: WideVariant): KernelOptions => ({
  overrides: { TILES: WIDE_TILES },
  features: variant === "quad" ? ["subgroups"] : [],
});
