// Mounts its children one after the other, each in a task of its own: no visitor waits for all of them together. Once
// mounted they stay; later changes reach them as always.
import { Children, useEffect, useMemo, useState, type ReactNode } from "react";
import { Turns } from "../store/turns";

export function InTurn({ children }: { children: ReactNode }) {
  // Kept as they are: an element that is the same is not drawn again.
  const all = useMemo(() => Children.toArray(children), [children]);
  const [mounted, setMounted] = useState(0);
  const waiting = mounted < all.length;
  useEffect(() => {
    if (!waiting) return;
    const turns = new Turns();
    turns.run([() => setMounted(mounted + 1)]);
    return () => turns.drop();
  }, [mounted, waiting]);
  return all.slice(0, mounted);
}
