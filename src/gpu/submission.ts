// Turns a recording into GPU command buffers. Long recordings are split into several submissions, so that the page
// and other programs can draw between them.
import type { BindGroups } from "./bindGroups";
import type { Pipelines } from "./pipelines";
import type { Profiler } from "./profiler";
import type { Copy, Dispatch, Fill, Recorder } from "./recorder";

/** Dispatch cost after which a submission is cut. */
const CHUNK_COST = 60e6;

/** Counted per submit, for the bench and the page. */
export interface Counters {
  dispatches: number;
  submits: number;
  readBytes: number;
  multiplyAdds: number;
}

export class Submission {
  private encoder: GPUCommandEncoder;
  private pass: GPUComputePassEncoder | null = null;
  /** Of what is encoded and not yet submitted. */
  private cost = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly pipelines: Pipelines,
    private readonly groups: BindGroups,
    private readonly counters: Counters,
    private readonly profiler: Profiler | null,
  ) {
    this.encoder = device.createCommandEncoder();
  }

  /** Encodes and submits everything; the pipelines must be there. */
  submit(recorder: Recorder): void {
    const uniforms = this.groups.uploadUniforms(recorder);
    for (const command of recorder.commands) {
      if (command.kind === "dispatch") this.dispatch(command, uniforms);
      else this.move(command);
    }
    this.flush();
  }

  private flush(): void {
    this.endPass();
    this.device.queue.submit([this.encoder.finish()]);
    this.counters.submits++;
    this.profiler?.cut();
    this.cost = 0;
  }

  private endPass(): void {
    this.pass?.end();
    this.pass = null;
  }

  private dispatch(command: Dispatch, uniforms: GPUBuffer | null): void {
    if (this.cost > 0 && this.cost + command.cost > CHUNK_COST) {
      this.flush();
      this.encoder = this.device.createCommandEncoder();
    }
    const stamps = this.profiler?.writes(command);
    // Under a profiler no pass is shared: what is not timed must not count as part of what is.
    if (this.profiler) this.endPass();
    this.pass ??= this.encoder.beginComputePass(stamps ? { timestampWrites: stamps } : {});
    const built = this.pipelines.of(command.kernel);
    this.pass.setPipeline(built.pipeline);
    this.groups.bind(this.pass, command, built, uniforms);
    this.pass.dispatchWorkgroups(...command.grid);
    this.cost += command.cost;
    this.counters.dispatches++;
    this.counters.multiplyAdds += command.cost;
  }

  private move(command: Copy | Fill): void {
    this.endPass();
    if (command.kind === "copy") {
      const { source, sourceOffset, targetOffset, bytes } = command;
      const from = source.offset + sourceOffset;
      this.encoder.copyBufferToBuffer(source.buffer, from, command.target, targetOffset, bytes);
    } else {
      const { buffer, offset, bytes } = command.target;
      this.encoder.clearBuffer(buffer, offset, Math.ceil(bytes / 4) * 4);
    }
  }
}
