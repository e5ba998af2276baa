// Forecast against measured reward variance; forecasts that could not be read are drawn at the left edge. Pure.
import { mae, spearman } from "../../curriculum/stats";
import { count, list, plural } from "../../lib/format";
import { scatter, type Curve, type Dot } from "../../ui/charts/scatter";
import type { Figure } from "../../ui/charts/scene";
import type { TableData } from "../../ui/controls/DataTable";
import { groupTable, mean, rolloutsOf, type ForecastProbe, type Group, type Judged } from "./groups";

export interface Forecasts {
  pairs: { predicted: number; observed: number }[];
  /** Forecasts asked for and those that could not be read. */
  asked: number;
  unparsed: number;
  /** Observed variances of prompts that were studied although their forecast could not be read. */
  unread: number[];
}

export function forecastsOf(groups: readonly Group[], judged: readonly Judged[]): Forecasts {
  const asked = new Set(judged.filter(hasForecasts).map(({ step }) => step));
  const pairs = groups.flatMap((group) =>
    group.variancePredicted === null
      ? []
      : [{ predicted: group.variancePredicted, observed: group.variance }],
  );
  const all = judged.filter(hasForecasts).flatMap((step) => step.forecasts);
  return {
    pairs,
    asked: all.length,
    unparsed: all.filter((forecast) => forecast === null).length,
    unread: groups
      .filter((group) => group.variancePredicted === null && asked.has(group.step))
      .map((group) => group.variance),
  };
}

/** Uniform draws and PCL rank prompts without saying anything of variance. */
export const hasForecasts = (step: Judged): boolean =>
  step.forecasts.some((forecast) => forecast !== null) || step.shown !== undefined;

export function forecastSentence({ pairs, asked, unparsed }: Forecasts): string {
  if (pairs.length < 3) return "Too few forecasts have met their rewards yet.";
  const predicted = pairs.map((pair) => pair.predicted);
  const observed = pairs.map((pair) => pair.observed);
  const bad = asked > 0 ? ` ${count(unparsed)} of ${count(asked)} forecasts could not be read.` : "";
  const varies = (values: readonly number[]): boolean => new Set(values).size > 1;
  const agree =
    varies(predicted) && varies(observed)
      ? `agree in rank with ${spearman(predicted, observed).toFixed(2)} and miss`
      : "cannot be compared by rank, one side never varies, and miss";
  return (
    `Over ${plural(pairs.length, "studied prompt")} forecasts and outcomes ${agree} ` +
    `by ${mae(predicted, observed).toFixed(3)} on average.${bad}`
  );
}

/** How good forecasts are on samples that nothing selected (fixed before the run). "" without a probe. */
export function offSelectionSentence(probes: readonly ForecastProbe[]): string {
  if (probes.length === 0) return "";
  const agreement = probes.map(({ forecasts, variances }) => {
    const varies = new Set(forecasts.filter((f) => f !== null)).size > 1 && new Set(variances).size > 1;
    return varies ? spearman(forecasts, variances).toFixed(2) : "no value";
  });
  const steps = `step${probes.length > 1 ? "s" : ""} ${list(probes.map(({ step }) => String(step)))}`;
  return ` On ${plural(probes[0].samples.length, "sample")} that nobody selected they agree with ${list(agreement)} at ${steps}.`;
}

/** Studied groups with a forecast, then the probed samples; these have no rewards of their own here. */
export function forecastTable(groups: readonly Group[], probes: readonly ForecastProbe[]): TableData {
  const { columns, rows } = groupTable(groups.filter((group) => group.variancePredicted !== null));
  const probed = probes.flatMap(({ step, samples, forecasts, variances }) =>
    samples.map((sample, i) => [
      step,
      sample,
      "",
      variances[i].toFixed(3),
      forecasts[i]?.toFixed(3) ?? "unread",
      "probe, not studied",
    ]),
  );
  return { columns, rows: [...rows, ...probed] };
}

/** Dots that fall on one place as one, by how many they are. */
function joined(dots: readonly { x: number; y: number }[], title: (n: number, y: number) => string): Dot[] {
  const places = new Map<string, Dot>();
  for (const { x, y } of dots) {
    const key = `${x.toFixed(3)} ${y.toFixed(4)}`;
    const dot = places.get(key) ?? { x, y, n: 0, color: "var(--e3)", title: "" };
    dot.n++;
    dot.title = title(dot.n, y);
    places.set(key, dot);
  }
  return [...places.values()].sort((a, b) => b.n - a.n);
}

/** Where the margin for unreadable forecasts lies, left of zero. */
const MARGIN = -0.022;

/** One dot a place, the unreadable on the margin, and ringed means of five bins of the forecast. */
export function forecastDots({ pairs, unread }: Forecasts): Dot[] {
  const dots = pairs.map(({ predicted, observed }) => ({ x: predicted, y: observed }));
  const found = [
    ...joined(dots, (n, y) => `${plural(n, "prompt")}: observed ${y.toFixed(3)}`),
    ...joined(
      unread.map((y) => ({ x: MARGIN, y })),
      (n, y) => `${plural(n, "prompt")} with an unreadable forecast: observed ${y.toFixed(3)}`,
    ).map((dot) => ({ ...dot, color: "var(--random)" })),
  ];
  for (let bin = 0; bin < 5; bin++) {
    const inside = pairs.filter(({ predicted }) => Math.min(4, Math.floor(predicted / 0.05)) === bin);
    if (inside.length < 3) continue;
    const observed = mean(inside.map((pair) => pair.observed));
    found.push({
      x: mean(inside.map((pair) => pair.predicted)),
      y: observed,
      n: 9,
      color: "var(--pick)",
      title: `${inside.length} forecasts around here: observed ${observed.toFixed(3)} on average`,
      ring: true,
    });
  }
  return found;
}

/** A perfect forecast of the true variance, and what n rollouts show of that on average. */
export function forecastCurves(rollouts: number): Curve[] {
  const to = (high: number): Curve["points"] => [
    [0, 0],
    [0.25, high],
  ];
  const curves: Curve[] = [{ points: to(0.25), color: "var(--soft)" }];
  if (rollouts > 1)
    curves.push({ points: to((0.25 * (rollouts - 1)) / rollouts), color: "var(--soft)", dashed: true });
  return curves;
}

export function forecastFigure(
  forecasts: Forecasts,
  groups: readonly Group[],
  size: { width: number; height: number },
): Figure {
  const dots = forecastDots(forecasts);
  const most = Math.max(1, ...dots.map(({ n }) => n));
  return scatter({
    ...size,
    xDomain: [-0.04, 0.265],
    yDomain: [0, 0.27],
    xName: "forecast variance",
    yName: "observed variance",
    dots,
    curves: [
      ...forecastCurves(rolloutsOf(groups)),
      { points: [[-0.01, 0] as const, [-0.01, 0.26] as const], color: "var(--line)" },
    ],
    radius: Math.min(2.6, 14 / Math.sqrt(most)),
    notes: [{ x: -0.038, y: 0.262, text: `unread: ${count(forecasts.unparsed)}`, anchor: "start" }],
  });
}
