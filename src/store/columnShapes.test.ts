// Columns are remembered by the columns of a file, in any order, and forgotten where they are guessed again.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { columnsOfShape, rememberColumns } from "./columnShapes";

const read = { fields: { prompt: "{c}\n\n{q}", answer: "a" }, turns: "each" as const };
const choices = { ...read, unusable: "refuse" as const, duplicates: "keep" as const };

beforeEach(() => {
  const values = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("columns of a shape", () => {
  it("come back for a file with the same columns alone", () => {
    rememberColumns(["q", "c", "a"], choices);
    expect(columnsOfShape(["a", "c", "q"])).toEqual(read);
    expect(columnsOfShape(["a", "q"])).toBeNull();
  });

  it("give way to newer ones, and to a guess", () => {
    rememberColumns(["q", "a"], choices);
    rememberColumns(["q", "a"], { ...choices, turns: "last" });
    expect(columnsOfShape(["q", "a"])).toEqual({ ...read, turns: "last" });
    rememberColumns(["q", "a"], { ...choices, fields: null, turns: "last" });
    expect(columnsOfShape(["q", "a"])).toBeNull();
  });

  it("are of a limited number, the newest", () => {
    for (let n = 0; n < 60; n++) rememberColumns([`q${n}`], choices);
    expect(columnsOfShape(["q0"])).toBeNull();
    expect(columnsOfShape(["q59"])).toEqual(read);
  });

  it("are none where what is stored is something else", () => {
    localStorage.setItem("proximal.columns", '[["[\\"q\\"]",{"fields":3}],7,null]');
    expect(columnsOfShape(["q"])).toBeNull();
    localStorage.setItem("proximal.columns", "{");
    expect(columnsOfShape(["q"])).toBeNull();
  });
});
