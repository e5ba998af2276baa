// Writes the index.ts of every folder of WGSL and holds it to the WGSL: `npx vitest run src/gpu/shaders -u` after a
// shader is new or declares something else.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readShader } from "../../shaders/shader";

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = [
  ...readdirSync(join(ROOT, "shaders"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `shaders/${entry.name}`),
  "bench/shaders",
];

const camel = (file: string): string =>
  file.replace(".wgsl", "").replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const written = (value: unknown): string => JSON.stringify(value).replaceAll(",", ", ");

/** The index of a folder: every WGSL file's text with the buffers and the fields that it declares. */
function indexOf(folder: string): string {
  const files = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith(".wgsl"));
  const lines = [
    "// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.",
    `import { shader } from "${folder.startsWith("shaders/") ? ".." : "../../shaders"}/shader";`,
    ...files.map((file) => `import ${camel(file)}Text from "./${file}?raw";`),
  ];
  for (const file of files) {
    const { bindings, dims } = readShader(readFileSync(join(ROOT, folder, file), "utf8"));
    const name = camel(file);
    const slots = Object.entries(bindings).map(([slot, binding]) => `${slot}: ${written(binding)}`);
    const buffers = slots.length > 0 ? `{ ${slots.join(", ")} }` : "{}";
    const declared = [`${name}Text`, buffers, written(dims)];
    const broken = slots.length > 0 || dims.length > 0;
    lines.push(
      "",
      `export const ${name} = /* @__PURE__ */ shader(${declared.join(broken ? ",\n  " : ", ")});`,
    );
  }
  return `${lines.join("\n")}\n`;
}

test.each(FOLDERS)("%s/index.ts says what its WGSL says", async (folder) => {
  await expect(indexOf(folder)).toMatchFileSnapshot(join(ROOT, folder, "index.ts"));
});

describe("readShader", () => {
  test("reads names, access and elements by slot, and fields in their order", () => {
    const text = `
      struct Dims { rows: u32, // a comment, with a comma
        scale: f32 }
      // @group(0) @binding(9) var<storage, read> gone: array<f32>;
      @group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
      @group(0) @binding(0) var<storage, read> x: array<Row>;
      @group(0) @binding(0) var<storage, read> x8: array<mat2x4f>;`;
    expect(readShader(text)).toEqual({
      bindings: { 0: ["x", "read", "Row"], 1: ["y", "write", "vec4<f32>"] },
      dims: [
        ["rows", "u32"],
        ["scale", "f32"],
      ],
    });
  });

  test("a fragment declares nothing", () => {
    expect(readShader("fn next(a: u32) -> u32 { return a + 1u; }")).toEqual({ bindings: {}, dims: [] });
  });

  test.each([
    ["@group(0) @binding(0) var<storage, read> one: f32;", "one: f32"],
    ["struct Dims { rows: u32, size: vec2u }", "Dims.size is vec2u"],
  ])("names what it cannot read: %s", (text, named) => {
    expect(() => readShader(text)).toThrow(named);
  });
});
