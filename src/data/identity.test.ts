// Hashes of rows and files against Node's own, and what must change them.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { memorySource } from "./files";
import { filesHash, rowsHash } from "./identity";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const file = (name: string, text: string) => memorySource(name, new TextEncoder().encode(text));

describe("rowsHash", () => {
  const rows = [
    { prompt: "2+2=?", answer: "4" },
    { prompt: "müde?", answer: "😴\n" },
  ];

  it("is SHA-256 of one line of JSON a row", () => {
    expect(rowsHash(rows)).toBe(sha('["2+2=?","4"]\n["müde?","😴\\n"]\n'));
    expect(rowsHash([])).toBe(sha(""));
  });

  it("leaves out what nothing reads", () => {
    const named = rows.map((row, i) => ({ ...row, sampleId: `q${i}`, extra: {} }));
    expect(rowsHash(named)).toBe(rowsHash(rows));
  });

  it("changes with order, length, an answer, a difficulty, a further column, and where a text stands", () => {
    const conversation = (role: string) => [{ role, content: "at night" }];
    const [system, user] = ["system", "user"].map((role) => [
      rows[0],
      { ...rows[1], messages: conversation(role) },
    ]);
    const lists = [
      ...[rows, [...rows].reverse(), rows.slice(0, 1), [rows[0], { ...rows[1], answer: "awake" }]],
      ...[[{ prompt: "2+2=", answer: "?4" }, rows[1]], system, user],
      ...[1, 2].map((difficulty) => [rows[0], { ...rows[1], difficulty }]),
      ...["x", "y"].map((note) => [rows[0], { ...rows[1], extra: { note } }]),
    ];
    expect(new Set(lists.map(rowsHash)).size).toBe(lists.length);
  });
});

describe("filesHash", () => {
  it("of one file is the file's own, whatever its name", async () => {
    expect(await filesHash([file("a.gguf", "weights")])).toBe(sha("weights"));
    expect(await filesHash([file("b.gguf", "weights")])).toBe(sha("weights"));
  });

  it("of several is that of sha256sum's list, in any order", async () => {
    const [config, weights] = [file("config.json", "{}"), file("model.safetensors", "w")];
    const list = sha(`${sha("{}")}  config.json\n${sha("w")}  model.safetensors\n`);
    expect(await filesHash([weights, config])).toBe(list);
    expect(await filesHash([config, weights])).toBe(list);
    expect(await filesHash([config, file("model.safetensors", "v")])).not.toBe(list);
  });

  it("tells how far it is, in bytes", async () => {
    let bytes = 0;
    await filesHash([file("a", "123"), file("b", "45")], (more) => (bytes += more));
    expect(bytes).toBe(5);
  });
});
