// Mounts its children one after the other, each in a task of its own: no visitor waits for all of them together. Once
// mounted they stay, also where others come in before them; later changes reach them as always.
import { useEffect, useState, type ReactElement } from "react";
import { Turns } from "../store/turns";

/** @param children with keys */
export function InTurn({ children }: { children: readonly ReactElement[] }) {
  const [mounted, setMounted] = useState<ReadonlySet<string | null>>(new Set());
  const next = children.find(({ key }) => !mounted.has(key))?.key;
  useEffect(() => {
    if (next === undefined) return;
    const turns = new Turns();
    turns.run([() => setMounted((before) => new Set([...before, next]))]);
    return () => turns.drop();
  }, [next]);
  return children.filter(({ key }) => mounted.has(key));
}
