// The playhead: seeking, stepping, following, and a log that is cut and written again.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Player } from "./player";
import { tinyLog } from "../log/testing/log";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function loaded(): Player {
  const player = new Player("recorded");
  player.append(tinyLog());
  player.close();
  return player;
}

describe("Player", () => {
  it("shows nothing beyond the playhead, forwards and backwards", () => {
    const player = loaded();
    player.seek(4800);
    expect(player.view.status).toBe("done");
    player.seek(2000);
    expect(player.view.steps.loss.length).toBe(1);
    expect(player.view.rounds).toHaveLength(1);
  });

  it("steps to the next training step and the next selection", () => {
    const player = loaded();
    player.step("step");
    expect(player.clockMs).toBe(1900);
    player.step("round");
    expect(player.clockMs).toBe(3600);
    player.step("round");
    expect(player.clockMs).toBe(4800);
  });

  it("plays at its speed and stops at the end", () => {
    const player = loaded();
    player.setSpeed(10);
    player.play();
    vi.advanceTimersByTime(100);
    expect(player.clockMs).toBe(1000);
    vi.advanceTimersByTime(400);
    expect(player.playing).toBe(false);
    expect(player.view.status).toBe("done");
    expect(player.clockMs).toBe(player.outline.endMs);
  });

  it("keeps the part of a tick that had passed when it is paused or changes its speed", () => {
    const player = loaded();
    player.play();
    vi.advanceTimersByTime(130);
    player.setSpeed(2);
    expect(player.clockMs).toBe(130);
    vi.advanceTimersByTime(40);
    player.pause();
    expect(player.clockMs).toBe(210);
    vi.advanceTimersByTime(1000);
    expect(player.clockMs).toBe(210);
  });

  it("tells when the playhead leaves its even course, and only then", () => {
    const player = loaded();
    let moves = 0;
    player.onMove(() => moves++);
    player.play();
    vi.advanceTimersByTime(1000);
    expect(moves).toBe(1);
    player.seek(3000);
    player.pause();
    expect(moves).toBe(3);
  });

  it("does not run on while the tab sleeps", () => {
    const player = loaded();
    player.play();
    const now = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000);
    vi.advanceTimersByTime(100);
    expect(player.clockMs).toBe(400);
    now.mockRestore();
  });

  it("follows a live run until it is moved back", () => {
    const player = new Player("live");
    player.append(tinyLog().slice(0, 10));
    expect(player.view.steps.loss.length).toBe(1);
    player.seek(1400);
    player.append(tinyLog().slice(10));
    expect(player.view.steps.loss.length).toBe(0);
    player.seek(Infinity);
    expect(player.following).toBe(true);
    expect(player.view.status).toBe("done");
  });

  it("joins the log of a run that goes on from a checkpoint", () => {
    const player = new Player("live");
    const log = tinyLog();
    player.append(log.slice(0, 14));
    player.append(log.slice(11), 11);
    expect(player.events).toEqual(log);
    expect(player.view.evaluations).toHaveLength(3);
    expect(player.view.steps.loss.length).toBe(4);
  });

  it("knows the whole cost of a recorded log before it has played", () => {
    expect(loaded().outline.spent).toEqual({ steps: 4, trainTokens: 200, allTokens: 800, seconds: 4 });
  });
});
