// The colours of the current theme as RGB numbers, for drawing on a canvas, which cannot read CSS variables.
import { useEffect, useState } from "react";
import type { Rgb } from "../../ui/charts/raster";

export interface ThemeColours {
  ramp: Rgb[];
  pick: Rgb;
  random: Rgb;
  line: Rgb;
}

const ramp = ["--e0", "--e1", "--e2", "--e3", "--e4"];
const names = [...ramp, "--pick", "--random", "--line"];

/** Paints each custom property on one pixel and reads it back: works for every colour syntax, with one style computation. */
function readColours(): ThemeColours {
  const canvas = document.createElement("canvas");
  canvas.width = names.length;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const grey: Rgb = [128, 128, 128];
  if (!context) return { ramp: ramp.map(() => grey), pick: grey, random: grey, line: grey };
  const probe = document.createElement("div");
  probe.hidden = true;
  for (const name of names) {
    const one = document.createElement("i");
    one.style.color = `var(${name})`;
    probe.append(one);
  }
  document.body.append(probe);
  [...probe.children].forEach((one, at) => {
    context.fillStyle = getComputedStyle(one).color;
    context.fillRect(at, 0, 1, 1);
  });
  probe.remove();
  const { data } = context.getImageData(0, 0, names.length, 1);
  const colours = names.map((_, at): Rgb => [data[4 * at], data[4 * at + 1], data[4 * at + 2]]);
  const [pick, random, line] = colours.slice(ramp.length);
  return { ramp: colours.slice(0, ramp.length), pick, random, line };
}

let known: ThemeColours | null = null;

/** The colours of the current theme; read from the page at the first call. */
export function themeColours(): ThemeColours {
  known ??= readColours();
  return known;
}

/** A number that changes with the theme; as an effect dependency it makes a canvas redraw in the new colours. */
export function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    known = null;
    const again = (): void => {
      known = null;
      setTheme((count) => count + 1);
    };
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", again);
    window.addEventListener("themechange", again);
    return () => {
      dark.removeEventListener("change", again);
      window.removeEventListener("themechange", again);
    };
  }, []);
  return theme;
}
