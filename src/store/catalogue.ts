// The list of recorded runs that come with the lab, which it shows before, or without, a GPU.
import { RANDOM_ORDER } from "../curriculum/registry";
import { LabError } from "../lib/errors";

export interface RunEntry {
  id: string;
  title: string;
  story: string;
  strategy: string;
  seed: number;
  file: string;
  /** Id of its baseline: random order at the same budget. */
  compareWith: string | null;
}

export async function fetchCatalogue(): Promise<RunEntry[]> {
  const response = await fetch(new URL("runs/index.json", document.baseURI));
  if (!response.ok)
    throw new LabError("network", "The list of recorded runs cannot be read.", "Reload the page.", {
      status: response.status,
    });
  return (await response.json()) as RunEntry[];
}

export const runUrl = (entry: RunEntry): string => `runs/${entry.file}`;

/** The run a story opens on: the first that is not random order. */
export function openingRun(catalogue: readonly RunEntry[], story: string): RunEntry | null {
  const own = catalogue.filter((entry) => entry.story === story);
  return own.find((entry) => entry.strategy !== RANDOM_ORDER) ?? own[0] ?? null;
}

/** Stories in the order of the list, each once. */
export function storiesOf(catalogue: readonly RunEntry[]): string[] {
  return [...new Set(catalogue.map((entry) => entry.story))];
}
