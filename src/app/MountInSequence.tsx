// Mounts its children one after the other, each in a browser task of its own, so that the first is visible before the
// last is ready. A child once mounted stays mounted, and later updates reach all of them as usual.
import { useEffect, useState, type ReactElement } from "react";
import { TaskQueue } from "../store/taskQueue";

/** @param children with keys */
export function MountInSequence({ children }: { children: readonly ReactElement[] }) {
  const [mounted, setMounted] = useState<ReadonlySet<string | null>>(new Set());
  const next = children.find(({ key }) => !mounted.has(key))?.key;
  useEffect(() => {
    if (next === undefined) return;
    const queue = new TaskQueue();
    queue.run([() => setMounted((before) => new Set([...before, next]))]);
    return () => queue.drop();
  }, [next]);
  return children.filter(({ key }) => mounted.has(key));
}
