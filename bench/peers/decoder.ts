// The shared model shape as an ONNX graph as exporters write decoders: past keys and values, and onnxruntime's
// fused GroupQueryAttention.
import { transposed } from "../seeded";
import { SHAPE, weights } from "../shape";
import { constant, file, node, TYPES, value, type Attributes, type Message } from "./onnx";

const MICROSOFT = "com.microsoft";
const { layers, width, heads, kvHeads, headDim, vocab, eps, theta } = SHAPE;
const POSITIONS = 256;

/** The seeded model as one graph: token ids, mask and past keys and values in, logits and the longer past out. */
export function decoderFile(): Uint8Array<ArrayBuffer> {
  const nodes: Message[] = [];
  const constants: Message[] = [];
  let made = 0;
  const put = (...given: Parameters<typeof constant>) => (constants.push(constant(...given)), given[0]);
  const op = (kind: string, inputs: string[], attributes?: Attributes, domain?: string) => {
    const out = `v${made++}`;
    nodes.push(node(kind, inputs, [out], attributes, domain));
    return out;
  };
  for (const [name, { shape, values }] of weights()) put(name, shape, values);
  put("head", [width, vocab], transposed(weights().get("embed")?.values ?? new Float32Array(), vocab, width));
  const half = headDim / 2;
  const angle = (i: number) => Math.floor(i / half) / theta ** ((2 * (i % half)) / headDim);
  put(
    "cos",
    [POSITIONS, half],
    Float32Array.from({ length: POSITIONS * half }, (_, i) => Math.cos(angle(i))),
  );
  put(
    "sin",
    [POSITIONS, half],
    Float32Array.from({ length: POSITIONS * half }, (_, i) => Math.sin(angle(i))),
  );
  const shapeOf = (name: string, ...sizes: number[]) =>
    put(name, [sizes.length], BigInt64Array.from(sizes.map(BigInt)));
  shapeOf("axis", 1);
  shapeOf("perHead", 0, -1, headDim);
  shapeOf("queryRow", 0, -1, heads * headDim);
  shapeOf("keyRow", 0, -1, kvHeads * headDim);
  put("one", [], BigInt64Array.of(1n));
  const norm = (x: string, gain: string) =>
    op("SimplifiedLayerNormalization", [x, gain], { axis: -1, epsilon: { float: eps }, stash_type: 1 });
  const headNorm = (x: string, gain: string, back: string) =>
    op("Reshape", [norm(op("Reshape", [x, "perHead"]), gain), back]);
  const linear = (x: string, name: string) => op("MatMul", [x, name]);
  const lengths = op(
    "Cast",
    [op("Sub", [op("ReduceSum", ["attention_mask", "axis"], { keepdims: 0 }), "one"])],
    {
      to: TYPES.int32,
    },
  );
  const total = op("Cast", [op("Gather", [op("Shape", ["attention_mask"]), "one"], { axis: 0 })], {
    to: TYPES.int32,
  });
  let x = op("Gather", ["embed", "input_ids"], { axis: 0 });
  for (let l = 0; l < layers; l++) {
    const inner = norm(x, `norm1.${l}`);
    const attended = `attended${l}`;
    nodes.push(
      node(
        "GroupQueryAttention",
        [
          headNorm(linear(inner, `q.${l}`), `qNorm.${l}`, "queryRow"),
          headNorm(linear(inner, `k.${l}`), `kNorm.${l}`, "keyRow"),
          linear(inner, `v.${l}`),
          `past_key_values.${l}.key`,
          `past_key_values.${l}.value`,
          lengths,
          total,
          "cos",
          "sin",
        ],
        [attended, `present.${l}.key`, `present.${l}.value`],
        {
          num_heads: heads,
          kv_num_heads: kvHeads,
          do_rotary: 1,
          rotary_interleaved: 0,
          scale: { float: 1 / Math.sqrt(headDim) },
        },
        MICROSOFT,
      ),
    );
    x = op("Add", [x, linear(attended, `o.${l}`)]);
    const outer = norm(x, `norm2.${l}`);
    const gate = linear(outer, `gate.${l}`);
    const act = op("Mul", [op("Mul", [gate, op("Sigmoid", [gate])]), linear(outer, `up.${l}`)]);
    x = op("Add", [x, linear(act, `down.${l}`)]);
  }
  nodes.push(node("MatMul", [norm(x, "norm"), "head"], ["logits"]));
  const caches = (prefix: string, length: string) =>
    Array.from({ length: layers }, (_, l) =>
      ["key", "value"].map((part) =>
        value(`${prefix}.${l}.${part}`, ["batch_size", kvHeads, length, headDim]),
      ),
    ).flat();
  return file({
    nodes,
    constants,
    inputs: [
      value("input_ids", ["batch_size", "sequence"], TYPES.int64),
      value("attention_mask", ["batch_size", "total"], TYPES.int64),
      ...caches("past_key_values", "past"),
    ],
    outputs: [value("logits", ["batch_size", "sequence", vocab]), ...caches("present", "total")],
  });
}
