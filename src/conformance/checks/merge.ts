// Merging: W + scale · B·A of the named weights.
import type { HostTensor } from "../compare";
import { ending, type Check } from "../context";

export const merge: Check = async (context) => {
  const merged = new Map<string, HostTensor>();
  for (const { tensor, prefix } of context.check.expects) {
    const names =
      tensor !== undefined
        ? [tensor]
        : context.expectedNames.filter((n) => prefix !== undefined && n.startsWith(prefix));
    for (const name of names) {
      // `merge/model.layers.0.mlp.down_proj.weight` → the module `model.layers.0.mlp.down_proj`
      const module = ending(name).replace(/\.weight$/, "");
      const values = await context.engine.merged(module);
      const { adapter } = await context.engine.readState();
      const outputs = outputsOf(context.engine.adapterNames, module, values.length, adapter);
      merged.set(name, { shape: outputs, values });
    }
  }
  return (name) => merged.get(name) ?? null;
};

/** [out, in] of a module, from the shapes of its two factors. */
function outputsOf(
  names: readonly string[],
  module: string,
  count: number,
  state: ReadonlyMap<string, { shape: [number, number] }>,
): [number, number] {
  const find = (factor: string) => names.find((n) => n.includes(`${module}.${factor}`));
  const [a, b] = [state.get(find("lora_A") ?? ""), state.get(find("lora_B") ?? "")];
  if (!a || !b) throw new Error(`${module} has no adapter`);
  if (a.shape[1] * b.shape[0] !== count)
    throw new Error(`${module}: ${count} merged values for [${b.shape[0]}, ${a.shape[1]}]`);
  return [b.shape[0], a.shape[1]];
}
