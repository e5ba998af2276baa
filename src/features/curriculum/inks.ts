// The page's colours as numbers, for canvas; kept current when the theme changes.
import { useEffect, useState } from "react";
import type { Rgb } from "../../ui/charts/raster";

export interface Inks {
  ramp: Rgb[];
  pick: Rgb;
  random: Rgb;
  line: Rgb;
}

/** Paints the property on one pixel and reads it back: works for every colour syntax. */
function readInks(): Inks {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const probe = document.createElement("i");
  document.body.append(probe);
  const read = (property: string): Rgb => {
    if (!context) return [128, 128, 128];
    probe.style.color = `var(${property})`;
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b];
  };
  const inks = {
    ramp: ["--e0", "--e1", "--e2", "--e3", "--e4"].map(read),
    pick: read("--pick"),
    random: read("--random"),
    line: read("--line"),
  };
  probe.remove();
  return inks;
}

export function useInks(): Inks {
  const [inks, setInks] = useState(readInks);
  useEffect(() => {
    const again = (): void => setInks(readInks());
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", again);
    window.addEventListener("themechange", again);
    return () => {
      dark.removeEventListener("change", again);
      window.removeEventListener("themechange", again);
    };
  }, []);
  return inks;
}
