// The LoRA parameters on the GPU: one buffer each for values, gradients and AdamW's two moments, all with one
// layout, so that clearing, clipping and AdamW are single dispatches. A reference copy of the values has the same
// layout. PEFT's names and unpadded shapes are used only when parameters are read or written from outside.
import type { Gpu } from "../gpu/gpu";
import type { Tensor } from "../gpu/tensor";
import { LabError } from "../lib/errors";
import {
  LINEARS,
  linearShape,
  peftName,
  type AdapterConfig,
  type DecoderConfig,
  type LinearName,
} from "../families/config";
import type { AdapterState } from "./engine";
import {
  axisAt,
  GROUP_MEMBERS,
  GROUPS,
  groupShape,
  linearAxes,
  type GroupName,
  type PaddedShape,
} from "./shape";

const ALIGN = 64; // f32 values: views start at multiples of 256 bytes

/** One joined adapter of a layer: views into the four parameter buffers. */
export interface JoinedAdapter {
  group: GroupName;
  /** Padded rank. */
  rank: number;
  slots: number;
  scale: number;
  segments: [number, number];
  a: Tensor;
  b: Tensor;
  gradA: Tensor;
  gradB: Tensor;
}

interface Slot {
  name: string;
  layer: number;
  linear: LinearName;
  group: GroupName;
  /** Index inside the group. */
  slot: number;
  offsetA: number;
  offsetB: number;
}

/** A pseudo-random number in [0, 1) that depends on `seed` and index i alone. */
function uniform(seed: number, i: number): number {
  let x = (Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca77)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) / 4294967296;
}

/** Padded rank: whole vec4s. */
export const paddedRank = (rank: number): number => Math.ceil(rank / 4) * 4;

/** f32 values of the whole parameter buffer, and where each module lies. */
export function adapterLayout(config: DecoderConfig, shape: PaddedShape, adapter: AdapterConfig) {
  const rank = paddedRank(adapter.rank);
  const slots: Slot[] = [];
  const joined: { layer: number; group: GroupName; offsetA: number; offsetB: number }[] = [];
  let at = 0;
  const take = (values: number): number => {
    const start = at;
    at += Math.ceil(values / ALIGN) * ALIGN;
    return start;
  };
  for (let layer = 0; layer < config.layers; layer++) {
    if (adapter.layers && !adapter.layers.includes(layer)) continue;
    for (const group of GROUPS) {
      const members = GROUP_MEMBERS[group];
      if (!members.some((m) => adapter.targets.includes(m))) continue;
      const { n, k, starts } = groupShape(config, shape, group);
      const offsetA = take(members.length * rank * k);
      const offsetB = take(n * rank);
      joined.push({ layer, group, offsetA, offsetB });
      members.forEach((linear, slot) => {
        if (!adapter.targets.includes(linear)) return;
        slots.push({
          name: peftName(layer, linear),
          layer,
          linear,
          group,
          slot,
          offsetA: offsetA + slot * rank * k,
          offsetB: offsetB + starts[slot] * rank,
        });
      });
    }
  }
  return { values: at, rank, slots, joined };
}

export class Adapter {
  readonly param: Tensor;
  readonly grad: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  readonly scale: number;
  /** The reference: a copy of the values, as the policy's KL term needs it; null = none. */
  reference: Tensor | null = null;
  /** Holds the values while the reference takes their place. */
  private aside: Tensor | null = null;
  /** Whether the reference currently takes the place of the values. */
  swapped = false;
  /** By layer; a group without an adapter is absent. */
  readonly layers: Partial<Record<GroupName, JoinedAdapter>>[];
  /** Layers below this one need no backward pass. */
  readonly lowestLayer: number;
  private readonly layout: ReturnType<typeof adapterLayout>;

  constructor(
    private readonly gpu: Gpu,
    readonly config: DecoderConfig,
    private readonly shape: PaddedShape,
    readonly settings: AdapterConfig,
  ) {
    for (const layer of settings.layers ?? []) {
      if (!Number.isInteger(layer) || layer < 0 || layer >= config.layers) {
        throw new LabError(
          "adapter",
          `The adapter names layer ${layer}; the model has layers 0 to ${config.layers - 1}.`,
          "Take the adapter that belongs to this model.",
        );
      }
    }
    this.layout = adapterLayout(config, shape, settings);
    const { values, rank } = this.layout;
    if (!values)
      throw new LabError(
        "adapter",
        "The adapter changes none of this model's matrices.",
        "Name at least one of " + LINEARS.join(", ") + ".",
      );
    this.scale = settings.alpha / (settings.useRslora ? Math.sqrt(settings.rank) : settings.rank);
    this.param = gpu.alloc([values], "f32", "adapter", "adapter");
    this.grad = gpu.alloc([values], "f32", "adapter gradient", "adapter");
    this.first = gpu.alloc([values], "f32", "first moment", "moments");
    this.second = gpu.alloc([values], "f32", "second moment", "moments");
    this.layers = Array.from({ length: config.layers }, () => ({}));
    for (const { layer, group, offsetA, offsetB } of this.layout.joined) {
      const { n, k, segments } = groupShape(config, shape, group);
      const slots = GROUP_MEMBERS[group].length;
      const view = (t: Tensor, offset: number, dims: number[], what: string) =>
        gpu.view(t, offset * 4, dims, "f32", `layer ${layer} ${group} ${what}`);
      this.layers[layer][group] = {
        group,
        rank,
        slots,
        scale: this.scale,
        segments,
        a: view(this.param, offsetA, [slots * rank, k], "lora_A"),
        b: view(this.param, offsetB, [n, rank], "lora_B"),
        gradA: view(this.grad, offsetA, [slots * rank, k], "lora_A gradient"),
        gradB: view(this.grad, offsetB, [n, rank], "lora_B gradient"),
      };
    }
    this.lowestLayer = Math.min(...this.layout.joined.map((j) => j.layer));
  }

  get names(): string[] {
    return this.layout.slots.map((s) => s.name);
  }

  /** lora_A uniform in ±1/√in (Kaiming with a = √5, PEFT's default), lora_B zero. */
  initialise(seed: number): void {
    this.dropReference();
    const values = new Float32Array(this.layout.values);
    let drawn = 0;
    for (const slot of this.layout.slots) {
      const { in: axis } = linearAxes(this.config, this.shape, slot.linear);
      const bound = 1 / Math.sqrt(axis.real);
      for (let r = 0; r < this.settings.rank; r++) {
        for (let i = 0; i < axis.real; i++) {
          values[slot.offsetA + r * axis.padded + axisAt(axis, i)] = (2 * uniform(seed, drawn++) - 1) * bound;
        }
      }
    }
    this.gpu.write(this.param, values);
    this.resetMoments();
  }

  resetMoments(): void {
    const zeros = new Float32Array(this.layout.values);
    this.gpu.write(this.first, zeros);
    this.gpu.write(this.second, zeros);
  }

  /** Copies the current values to the reference. */
  async keepReference(): Promise<void> {
    const { reference } = this.withReference();
    await this.gpu.run((rec) => rec.copy(this.param, reference));
  }

  /** Puts the reference in the values' place, or the values back, bit by bit. @throws LabError "internal" */
  async setReference(on: boolean): Promise<void> {
    if (on === this.swapped) return;
    if (!this.reference) throw new LabError("internal", "No reference adapter was kept.");
    const { reference, aside } = this.withReference();
    this.swapped = on;
    await this.gpu.run((rec) => {
      if (on) {
        rec.copy(this.param, aside);
        rec.copy(reference, this.param);
      } else rec.copy(aside, this.param);
    });
  }

  dropReference(): void {
    if (this.reference) this.gpu.free(this.reference);
    if (this.aside) this.gpu.free(this.aside);
    this.reference = this.aside = null;
    this.swapped = false;
  }

  private withReference(): { reference: Tensor; aside: Tensor } {
    const make = (label: string) => this.gpu.alloc([this.layout.values], "f32", label, "adapter");
    this.reference ??= make("reference adapter");
    this.aside ??= make("adapter set aside");
    return { reference: this.reference, aside: this.aside };
  }

  /** One of the buffers, read back under PEFT names. */
  async read(which: "param" | "grad" | "first" | "second" | "reference"): Promise<AdapterState> {
    const tensor = this[which];
    if (!tensor) throw new LabError("internal", "No reference adapter was kept.");
    const values = await this.gpu.readF32(tensor);
    const state: AdapterState = new Map();
    for (const slot of this.layout.slots) {
      for (const matrix of ["lora_A", "lora_B"] as const) {
        const { shape, index } = this.indexer(slot, matrix);
        const out = new Float32Array(shape[0] * shape[1]);
        for (let r = 0; r < shape[0]; r++)
          for (let c = 0; c < shape[1]; c++) out[r * shape[1] + c] = values[index(r, c)];
        state.set(`${slot.name}.${matrix}.weight`, { shape, values: out });
      }
    }
    return state;
  }

  /** @throws LabError "adapter" naming the tensor that is missing, left over or of another shape. */
  write(which: "param" | "first" | "second" | "reference", state: AdapterState): void {
    const values = new Float32Array(this.layout.values);
    const left = new Set(state.keys());
    for (const slot of this.layout.slots) {
      for (const matrix of ["lora_A", "lora_B"] as const) {
        const name = `${slot.name}.${matrix}.weight`;
        const given = state.get(name);
        const { shape, index } = this.indexer(slot, matrix);
        if (!given)
          throw new LabError(
            "adapter",
            `The adapter has no tensor ${name}.`,
            "It belongs to other targets or another model.",
            { tensor: name },
          );
        if (given.shape[0] !== shape[0] || given.shape[1] !== shape[1]) {
          throw new LabError(
            "adapter",
            `${name} has shape [${given.shape.join(", ")}], this model and rank need [${shape.join(", ")}].`,
            "Take the adapter that belongs to this model, or set its rank.",
            { tensor: name },
          );
        }
        left.delete(name);
        for (let r = 0; r < shape[0]; r++)
          for (let c = 0; c < shape[1]; c++) values[index(r, c)] = given.values[r * shape[1] + c];
      }
    }
    for (const name of left)
      throw new LabError(
        "adapter",
        `The adapter's tensor ${name} belongs to none of the adapted matrices.`,
        "Add its module to “Adapted matrices” (adapter.targets).",
        { tensor: name },
      );
    this.gpu.write(which === "reference" ? this.withReference().reference : this[which], values);
  }

  private indexer(
    slot: Slot,
    matrix: "lora_A" | "lora_B",
  ): { shape: [number, number]; index: (r: number, c: number) => number } {
    const [out, input] = linearShape(this.config, slot.linear);
    const axes = linearAxes(this.config, this.shape, slot.linear);
    const { rank } = this.layout;
    return matrix === "lora_A"
      ? {
          shape: [this.settings.rank, input],
          index: (r, c) => slot.offsetA + r * axes.in.padded + axisAt(axes.in, c),
        }
      : { shape: [out, this.settings.rank], index: (r, c) => slot.offsetB + axisAt(axes.out, r) * rank + c };
  }

  dispose(): void {
    this.dropReference();
    this.gpu.free(this.param, this.grad, this.first, this.second);
  }
}
