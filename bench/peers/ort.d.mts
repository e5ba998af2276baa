import type { BenchTask } from "../task";
/** Tasks of onnxruntime-web; `base` is where the peers' packages are served. */
export function ortTasks(base: string): Promise<BenchTask[]>;
