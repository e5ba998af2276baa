// A progress line for a download, a copy or an upload to the GPU.
import { bytes, percent } from "../../lib/format";
import { useLive } from "../../store/live";
import { tell } from "../../store/session";

const doing = { fetch: "Downloading", upload: "Copying to the GPU", pipelines: "Preparing kernels" } as const;

export function LoadingLine({ busy }: { busy: boolean }) {
  const loading = useLive((state) => state.loading);
  if (!busy || !loading || loading.done >= loading.total) return null;
  const size = loading.unit === "bytes";
  return (
    <p role="status">
      {doing[loading.phase]}:{" "}
      {size
        ? `${bytes(loading.done)} of ${bytes(loading.total)}, ${percent(loading.done / loading.total)}`
        : `${loading.done} of ${loading.total} ${loading.unit}`}{" "}
      <progress value={loading.done} max={loading.total} aria-label={doing[loading.phase]} />{" "}
      {loading.phase === "fetch" && size && (
        <button type="button" className="button small" onClick={() => tell({ type: "download.stop" })}>
          Pause the download
        </button>
      )}
    </p>
  );
}
