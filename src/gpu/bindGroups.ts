// Bind groups, which tell a dispatch what buffers it uses: group 0 holds its tensors, group 1 its block of the
// uniforms. They are cached, because most steps bind the same buffers as the step before.
import type { Allocator } from "./allocator";
import type { Built } from "./pipelines";
import { UNIFORM_STRIDE, type Dispatch, type Recorder } from "./recorder";

/** Uniform buffers used in rotation. One would be correct, because writes are ordered after earlier submissions, but could stall. */
const RING = 4;
/** Bind groups cached before the cache is emptied. */
const MOST_GROUPS = 4096;

export class BindGroups {
  private readonly groups = new Map<string, GPUBindGroup>();
  private readonly ring: GPUBuffer[] = [];
  private ringAt = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly allocator: Allocator,
  ) {}

  /** Empties the cache, because a buffer of one of its groups was destroyed. */
  clear(): void {
    this.groups.clear();
  }

  /** Uploads the uniforms of a recording; null if it has none. */
  uploadUniforms(recorder: Recorder): GPUBuffer | null {
    const bytes = recorder.uniformCount * UNIFORM_STRIDE;
    if (!bytes) return null;
    const slot = this.ringAt++ % RING;
    let buffer = this.ring[slot];
    if (!buffer || buffer.size < bytes) {
      if (buffer) this.allocator.drop(buffer);
      buffer = this.allocator.side({
        label: `uniforms ${slot}`,
        size: Math.max(65536, 2 ** Math.ceil(Math.log2(bytes))),
        usage: 0x40 | 0x8, // UNIFORM | COPY_DST
      });
      this.ring[slot] = buffer;
      this.clear();
    }
    this.device.queue.writeBuffer(buffer, 0, recorder.uniforms.buffer as ArrayBuffer, 0, bytes);
    return buffer;
  }

  /** Binds everything a dispatch needs but its pipeline. */
  bind(pass: GPUComputePassEncoder, dispatch: Dispatch, built: Built, uniforms: GPUBuffer | null): void {
    pass.setBindGroup(0, this.tensors(dispatch, built));
    if (built.group1)
      pass.setBindGroup(1, this.uniforms(uniforms!, built), [dispatch.uniform * UNIFORM_STRIDE]);
  }

  private uniforms(buffer: GPUBuffer, built: Built): GPUBindGroup {
    return this.kept(`u${this.ring.indexOf(buffer)}:${built.pipeline.label}`, () =>
      this.device.createBindGroup({
        layout: built.group1!,
        entries: [{ binding: 0, resource: { buffer, size: UNIFORM_STRIDE } }],
      }),
    );
  }

  private tensors({ kernel, tensors }: Dispatch, built: Built): GPUBindGroup {
    return this.kept(`${kernel.key}|${tensors.map((t) => t.id).join(",")}`, () => {
      if (this.groups.size > MOST_GROUPS) this.clear();
      return this.device.createBindGroup({
        label: kernel.entry,
        layout: built.group0,
        entries: tensors.map((t, binding) => ({
          binding,
          resource: { buffer: t.buffer, offset: t.offset, size: Math.ceil(t.bytes / 4) * 4 },
        })),
      });
    });
  }

  private kept(key: string, make: () => GPUBindGroup): GPUBindGroup {
    let group = this.groups.get(key);
    if (!group) this.groups.set(key, (group = make()));
    return group;
  }
}
