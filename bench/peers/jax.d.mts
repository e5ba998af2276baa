import type { BenchTask } from "../task";
/** Tasks of jax-js; `base` is where the peers' packages are served. */
export function jaxTasks(base: string): Promise<BenchTask[]>;
