// A progress line for a download, a copy or an upload to the GPU.
import { LOADING, loadingWords } from "../../log/progress";
import { useLive } from "../../store/live";
import { tell } from "../../store/session";

export function LoadingLine({ busy }: { busy: boolean }) {
  const loading = useLive((state) => state.loading);
  if (!busy || !loading || loading.done >= loading.total) return null;
  const size = loading.unit === "bytes";
  return (
    <p role="status">
      {LOADING[loading.phase]}: {loadingWords(loading)}{" "}
      <progress value={loading.done} max={loading.total} aria-label={LOADING[loading.phase]} />{" "}
      {loading.phase === "fetch" && size && (
        <button type="button" className="button small" onClick={() => tell({ type: "download.stop" })}>
          Pause the download
        </button>
      )}
    </p>
  );
}
