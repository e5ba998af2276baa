import type { BenchTask } from "../task";
/** Tasks of transformers.js; `base` is where the peers' packages are served. */
export function transformersTasks(base: string): Promise<BenchTask[]>;
