// Every picture that lies in the registry, over small logs: its words, its numbers and its figure, one snapshot each.
import { describe, expect, it } from "vitest";
import { METIS_LOG, SFT_LOG } from "../headless/sampleLog";
import type { RunEvent } from "../lib/events";
import { batchLog } from "../log/testing/batches";
import { tinyLog } from "../log/testing/log";
import { toSvg } from "../ui/charts/scene";
import { firstPictures } from "./first";
import { frameOf } from "./frame";
import { laterPictures } from "./later";
import type { Frame, Picture } from "./picture";

/** A reinforcement step that says what took its time. */
const timed: RunEvent = {
  type: "step.finished",
  atMs: 1021,
  round: 1,
  step: 1,
  samples: [0],
  loss: 0.01,
  tokens: 20,
  lr: 0.001,
  gradNorm: 0.5,
  skipped: false,
  elapsedMs: 1000,
  partsMs: { judge: 200, rollout: 300, train: 500 },
};
const frames: Record<string, Frame> = {
  "two rounds beside random order": frameOf(tinyLog(), tinyLog("random")),
  "random order alone": frameOf(tinyLog("random"), []),
  "rewards, step by step": frameOf([...SFT_LOG.slice(0, 2), ...METIS_LOG, timed], []),
  "batches chosen one by one": frameOf(batchLog(), []),
  "a log that breaks off": frameOf(tinyLog().slice(0, 4), []),
};
const pictures = [...firstPictures, ...laterPictures];

const snapshotOf = (picture: Picture): string =>
  Object.entries(frames)
    .filter(([, frame]) => picture.applies(frame))
    .map(([name, frame]) => {
      const { columns, rows } = picture.table(frame);
      const figure = picture.figure(frame, 480);
      return [
        `# ${picture.question} — ${name}`,
        picture.sentence(frame),
        ...(picture.key?.(frame) ?? []).map(({ mark, color, text }) => `- ${color ?? mark}: ${text}`),
        ...(picture.notes?.(frame) ?? []),
        [columns, ...rows].map((row) => row.join(" | ")).join("\n"),
        figure
          ? toSvg(figure, "", (property) => `var(${property})`).replaceAll("><", ">\n<")
          : "nothing drawn",
      ].join("\n\n");
    })
    .join("\n\n");

describe("pictures", () => {
  it("have names and places of their own", () => {
    expect(new Set(pictures.map(({ id }) => id)).size).toBe(pictures.length);
    expect(new Set(pictures.map(({ place }) => place)).size).toBe(pictures.length);
  });
  it.each(pictures.map((picture) => [picture.id, picture] as const))("draws %s", async (id, picture) => {
    const drawn = snapshotOf(picture);
    expect(drawn).toContain(picture.question);
    expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
    await expect(drawn).toMatchFileSnapshot(`./__snapshots__/${id}.md`);
  });
});
