// thread: where a thread stands in a dispatch whose workgroups are folded into two axes (fold in src/gpu/kernel.ts).
struct Thread {
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32, // within its workgroup
}

// The place of its workgroup among all of them.
fn group_of(thread: Thread) -> u32 { return thread.group.x + thread.group.y * thread.groups.x; }
