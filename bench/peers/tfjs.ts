// TensorFlow.js on WebGPU: matmuls. Its packages are classic scripts that share a global object.
import { PRODUCTS } from "../seeded";
import type { BenchTask } from "../task";
import { productTask } from "./shared";

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

/** Tasks of tfjs; `base` is where the peers' packages are served. */
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
  const impl = `tfjs ${tf.version["tfjs-core"]} webgpu`;
  return PRODUCTS.map((product) =>
    productTask(impl, product, (left, right) => {
      const [m, k, n] = product;
      const [a, b] = [tf.tensor2d(left, [m, k]), tf.tensor2d(right, [k, n])];
      return {
        async result() {
          const c = tf.matMul(a, b);
          const values = await c.data();
          c.dispose();
          await finished();
          return values;
        },
        async once() {
          const c = tf.matMul(a, b);
          await finished();
          c.dispose();
        },
        dispose() {
          a.dispose();
          b.dispose();
        },
      };
    }),
  );
}
