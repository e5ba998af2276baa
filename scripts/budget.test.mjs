// The size budget counts what loads at once, each file once, and nothing that loads later.
import { expect, it } from "vitest";
import { firstLoadFiles } from "./budget.mjs";

const manifest = {
  "index.html": {
    file: "assets/index.js",
    imports: ["_shared.js", "_react.js"],
    dynamicImports: ["src/later.ts"],
  },
  "_shared.js": { file: "assets/shared.js", imports: ["_react.js"] },
  "_react.js": { file: "assets/react.js", imports: ["_shared.js"] },
  "src/later.ts": { file: "assets/later.js" },
  "headless.html": { file: "assets/headless.js" },
};

it("walks static imports once", () => {
  expect(firstLoadFiles(manifest).sort()).toEqual(["assets/index.js", "assets/react.js", "assets/shared.js"]);
});
it("says which entry is missing", () => {
  expect(() => firstLoadFiles(manifest, "other.html")).toThrow("no other.html");
});
