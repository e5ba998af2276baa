// Merging: W + scale · B·A of the named weights.
import type { AdapterState } from "../../model/engine";
import type { HostTensor } from "../compare";
import { ending, type Check } from "../context";

export const merge: Check = async ({ check, engine, expectedNames }) => {
  const merged = new Map<string, HostTensor>();
  const { adapter } = await engine.readState();
  for (const { tensor, prefix } of check.expects) {
    const names =
      tensor !== undefined
        ? [tensor]
        : expectedNames.filter((n) => prefix !== undefined && n.startsWith(prefix));
    for (const name of names) {
      // `merge/model.layers.0.mlp.down_proj.weight` → the module `model.layers.0.mlp.down_proj`
      const module = ending(name).replace(/\.weight$/, "");
      merged.set(name, { shape: shapeOf(module, adapter), values: await engine.merged(module) });
    }
  }
  return (name) => merged.get(name) ?? null;
};

/** [out, in] of an adapted module, from its two factors. @throws Error where it has none. */
function shapeOf(module: string, adapter: AdapterState): [number, number] {
  const factor = (letter: "A" | "B") => adapter.get(`base_model.model.${module}.lora_${letter}.weight`);
  const [a, b] = [factor("A"), factor("B")];
  if (!a || !b) throw new Error(`${module} has no adapter`);
  return [b.shape[0], a.shape[1]];
}
