// Loads frozen weights from file to GPU, by the tensor table of the model's family. Types stay as stored unless the
// user chose int8 or int4; these are computed here, in groups of 32 values along the input axis.
import { readFloats } from "../data/safetensors";
import type { DecoderConfig } from "../families/config";
import { decoderTensors, type BlockTensors, type NeededTensor } from "../families/tensors";
import type { Gpu } from "../gpu/gpu";
import type { Tensor } from "../gpu/tensor";
import type { WeightShard } from "../gpu/weights";
import {
  axisAt,
  GROUP_MEMBERS,
  GROUPS,
  headAxis,
  hiddenAxis,
  linearAxes,
  paddedShape,
  vocabAxis,
  type AxisMap,
  type GroupName,
  type PaddedShape,
} from "./shape";
import { uploadMatrix } from "./uploadMatrix";
import { entryOf, type LoadedModel, type WeightChoice } from "./weightTypes";

export interface LayerWeights {
  groups: Record<GroupName, WeightShard[]>;
  qkvBias: Tensor | null;
  norms: {
    attentionIn: Tensor;
    /** null = the family has no norm there. */
    attentionOut: Tensor | null;
    mlpIn: Tensor;
    mlpOut: Tensor | null;
    /** Ones where the family has no q/k norm; then the kernel skips them. */
    q: Tensor;
    k: Tensor;
  };
}

export interface ModelWeights {
  config: DecoderConfig;
  shape: PaddedShape;
  embed: WeightShard[];
  /** The embedding again when tied. */
  head: WeightShard[];
  layers: LayerWeights[];
  finalNorm: Tensor;
  all: Tensor[];
}

/**
 * Uploads every frozen weight.
 * @param onProgress bytes of the files read so far.
 * @throws LabError "model" for missing or broken tensors, "gpu-limit" when a row does not fit a binding.
 */
export async function uploadWeights(
  gpu: Gpu,
  model: LoadedModel,
  choice: WeightChoice,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<ModelWeights> {
  const uploader = new Uploader(gpu, model, choice, onProgress);
  const { config } = model;
  const { shape } = uploader;
  const tensors = decoderTensors(config);
  const table = (tensor: NeededTensor, label: string) =>
    uploader.matrix(label, [{ tensor, out: vocabAxis(config, shape), in: hiddenAxis(config, shape) }]);
  const ones = uploader.values(new Float32Array(shape.head).fill(1), "no q/k norm");
  const embed = await table(tensors.embed, "embed_tokens");
  const head = tensors.head ? await table(tensors.head, "lm_head") : embed;
  const layers: LayerWeights[] = [];
  for (const [layer, block] of tensors.blocks.entries())
    layers.push(await uploadBlock(uploader, layer, block, ones));
  const finalNorm = await uploader.norm(tensors.finalNorm, hiddenAxis(config, shape));
  return { config, shape, embed, head, layers, finalNorm, all: uploader.all };
}

async function uploadBlock(
  uploader: Uploader,
  layer: number,
  { norms, linears, biases }: BlockTensors,
  ones: Tensor,
): Promise<LayerWeights> {
  const { config, shape } = uploader;
  const groups = {} as Record<GroupName, WeightShard[]>;
  for (const group of GROUPS) {
    const parts = GROUP_MEMBERS[group].map((member) => ({
      tensor: linears[member],
      ...linearAxes(config, shape, member),
    }));
    groups[group] = await uploader.matrix(`layer ${layer} ${group}`, parts);
  }
  const hidden = hiddenAxis(config, shape);
  const after = (tensor: NeededTensor | undefined) => (tensor ? uploader.norm(tensor, hidden) : null);
  const perHead = (tensor: NeededTensor | undefined) =>
    tensor ? uploader.norm(tensor, headAxis(config, shape)) : ones;
  return {
    groups,
    qkvBias: Object.keys(biases).length ? await uploader.qkvBias(layer, biases) : null,
    norms: {
      attentionIn: await uploader.norm(norms.attentionIn!, hidden),
      attentionOut: await after(norms.attentionOut),
      mlpIn: await uploader.norm(norms.mlpIn!, hidden),
      mlpOut: await after(norms.mlpOut),
      q: await perHead(norms.q),
      k: await perHead(norms.k),
    },
  };
}

/** What one upload shares: the model, where it goes, how far it is. */
class Uploader {
  readonly all: Tensor[] = [];
  readonly config: DecoderConfig;
  readonly shape: PaddedShape;
  private done = 0;
  private readonly total: number;

  constructor(
    private readonly gpu: Gpu,
    private readonly model: LoadedModel,
    private readonly choice: WeightChoice,
    private readonly onProgress: (done: number, total: number) => void,
  ) {
    this.config = model.config;
    this.shape = paddedShape(model.config);
    this.total = [...model.tensors.values()].reduce((sum, tensor) => sum + tensor.bytes, 0);
  }

  private progress = (bytes: number): void => this.onProgress((this.done += bytes), this.total);

  async matrix(
    label: string,
    parts: readonly { tensor: NeededTensor; out: AxisMap; in: AxisMap }[],
  ): Promise<WeightShard[]> {
    const found = parts.map(({ tensor, ...axes }) => ({ entry: entryOf(this.model, tensor.name), ...axes }));
    const shards = await uploadMatrix(this.gpu, label, found, this.choice, this.progress);
    this.all.push(...shards.map(({ tensor }) => tensor));
    return shards;
  }

  /** A norm's weights, w or 1 + w as the family defines them, in f32, so that the sum loses no bit of a stored w. */
  async norm({ name }: NeededTensor, axis: AxisMap): Promise<Tensor> {
    const entry = entryOf(this.model, name);
    const values = await readFloats(entry);
    const padded = new Float32Array(axis.padded);
    const shift = this.config.normShift;
    for (let i = 0; i < axis.real; i++) padded[axisAt(axis, i)] = shift ? values[i] + shift : values[i];
    this.progress(entry.bytes);
    return this.values(padded, name);
  }

  /** Biases of queries, keys and values, joined as their matrix is. */
  async qkvBias(layer: number, biases: BlockTensors["biases"]): Promise<Tensor> {
    const padded = new Float32Array(this.shape.qkv);
    let start = 0;
    for (const member of GROUP_MEMBERS.qkv) {
      const { out } = linearAxes(this.config, this.shape, member);
      const tensor = biases[member];
      const values = tensor ? await readFloats(entryOf(this.model, tensor.name)) : [];
      for (let i = 0; i < values.length; i++) padded[start + axisAt(out, i)] = values[i];
      start += out.padded;
    }
    return this.values(padded, `layer ${layer} qkv bias`);
  }

  values(values: Float32Array, label: string): Tensor {
    const tensor = this.gpu.upload(values, [values.length], label, "weights");
    this.all.push(tensor);
    return tensor;
  }
}
