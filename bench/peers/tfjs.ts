// TensorFlow.js on WebGPU: matmuls. Its packages are classic scripts that share a global object.
import { flops, operands, productError, productName, PRODUCTS, RIGHT_PRODUCT } from "../seeded";
import type { BenchTask } from "../task";

interface TfTensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}
interface Tf {
  version: { "tfjs-core": string };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor2d(values: Float32Array, shape: [number, number]): TfTensor;
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  backend(): {
    device: GPUDevice;
    submitQueue(): void;
    commandEncoder: unknown;
    endComputePassEncoder(): void;
  };
}

function script(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(`${url} could not be loaded`));
    document.head.append(element);
  });
}

export async function tfjsTasks(base: string): Promise<BenchTask[]> {
  await script(`${base}@tensorflow/tfjs/dist/tf.min.js`);
  await script(`${base}@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js`);
  const { tf } = globalThis as unknown as { tf: Tf };
  if (!(await tf.setBackend("webgpu"))) throw new Error("tfjs has no WebGPU backend here");
  await tf.ready();
  const finished = async () => {
    const backend = tf.backend();
    backend.endComputePassEncoder();
    if (backend.commandEncoder) backend.submitQueue();
    await backend.device.queue.onSubmittedWorkDone();
  };
  return PRODUCTS.map((product) => ({
    suite: "kernels",
    task: "matmul f32",
    shape: productName(product),
    impl: `tfjs ${tf.version["tfjs-core"]} webgpu`,
    unit: "GFLOP/s",
    async prepare() {
      const [m, k, n] = product;
      const values = operands(product);
      const [a, b] = [tf.tensor2d(values.a, [m, k]), tf.tensor2d(values.b, [k, n])];
      const first = tf.matMul(a, b);
      const error = productError(product, await first.data());
      first.dispose();
      return {
        ...(error > RIGHT_PRODUCT ? { wrong: `off by ${error.toExponential(1)} · √K` } : {}),
        measure: async () => {
          await finished();
          const start = performance.now();
          const c = tf.matMul(a, b);
          await finished();
          const value = flops(product) / (performance.now() - start) / 1e6;
          c.dispose();
          return value;
        },
        dispose: () => {
          a.dispose();
          b.dispose();
        },
      };
    },
  }));
}
