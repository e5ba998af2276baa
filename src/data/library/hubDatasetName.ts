// What a dataset on the hub is called, and what its repository holds, as page and data worker pass it on.

/** One split of one subset. */
export interface HubPart {
  subset: string;
  split: string;
  /** Parquet files in their order. */
  files: { path: string; bytes: number }[];
}

export interface HubDataset {
  name: string;
  /** The commit. */
  revision: string;
  /** What was asked for, or the branch of the hub's conversion. */
  asked: string;
  parts: HubPart[];
}

/** `org/name` of a dataset, from itself or an address of its page; null where it is neither. */
export function hubDatasetName(text: string): string | null {
  const path = text.trim().replace(/^https?:\/\/[^/]+\//, "");
  return /^(?:datasets\/)?([\w.-]+\/[\w.-]+?)(?:\/(?:tree|blob|viewer)\b.*|\/)?$/.exec(path)?.[1] ?? null;
}
