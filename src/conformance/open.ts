// Opens the model, adapter and data that a golden case names, with the same loaders as the lab, and creates the
// engine.
import type { ModelFolder } from "../data/files";
import { openModel } from "../data/modelFolder";
import { readAdapter } from "../data/peft";
import { loadTokenizer, type TextTokenizer } from "../data/tokenizer";
import { Gpu } from "../gpu/gpu";
import type { AdapterConfig } from "../families/config";
import type { AdapterState, Engine } from "../model/engine";
import { createGpuEngine } from "../model/gpuEngine";

export interface OpenCase {
  engine: Engine;
  tokenizer: () => Promise<TextTokenizer>;
  close: () => void;
}

/** A case without an adapter still gets an engine: with the smallest one, switched off. */
const NO_ADAPTER: AdapterConfig = { rank: 1, alpha: 1, targets: ["q_proj"], useRslora: false, layers: null };

/** @throws LabError when model or adapter cannot be used, or there is no device. */
export async function openCase(model: ModelFolder, adapter: ModelFolder | null): Promise<OpenCase> {
  // Cases in numbers only come without a tokenizer; a tokenizer check opens it on its own.
  const opened = await openModel(model, { tokenizer: false });
  const loaded = adapter ? await readAdapter(adapter, opened.config) : null;
  const gpu = await Gpu.open();
  try {
    const engine = await createGpuEngine(gpu, opened, loaded?.config ?? NO_ADAPTER, {});
    if (loaded) engine.writeState(freshState(loaded.state, await engine.readState()));
    return {
      engine,
      tokenizer: () => loadTokenizer(model),
      close: () => {
        engine.dispose();
        gpu.dispose();
      },
    };
  } catch (thrown) {
    gpu.dispose();
    throw thrown;
  }
}

/** The stored weights with moments at zero. */
function freshState<
  State extends {
    adapter: AdapterState;
    firstMoment: AdapterState;
    secondMoment: AdapterState;
    optimizerStep: number;
  },
>(adapter: AdapterState, now: State): State {
  const zeros = (state: AdapterState): AdapterState =>
    new Map(
      [...state].map(([name, { shape, values }]) => [
        name,
        { shape, values: new Float32Array(values.length) },
      ]),
    );
  return { ...now, adapter, firstMoment: zeros(adapter), secondMoment: zeros(adapter), optimizerStep: 0 };
}
