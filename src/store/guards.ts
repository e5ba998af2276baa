// While a run is live, keeps the screen awake and asks before the tab is closed.

let lock: WakeLockSentinel | null = null;
let wanted = false;

async function take(): Promise<void> {
  if (!wanted || lock !== null || document.visibilityState !== "visible") return;
  try {
    lock = (await navigator.wakeLock?.request("screen")) ?? null;
    lock?.addEventListener("release", () => (lock = null));
  } catch {
    // Refused on low battery or by policy: the run continues, but the screen may turn off.
  }
}

const again = (): void => void take();

export async function keepAwake(on: boolean): Promise<void> {
  wanted = on;
  if (on) {
    document.addEventListener("visibilitychange", again);
    await take();
  } else {
    document.removeEventListener("visibilitychange", again);
    await lock?.release();
    lock = null;
  }
}

const stay = (event: BeforeUnloadEvent): void => event.preventDefault();

export function guardLeaving(on: boolean): void {
  if (on) window.addEventListener("beforeunload", stay);
  else window.removeEventListener("beforeunload", stay);
}
