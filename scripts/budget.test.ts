// The size budget counts what loads at once, each file once, and nothing that loads later.
import { expect, it } from "vitest";
import { firstLoadFiles } from "./budget";

const manifest = {
  "index.html": {
    file: "assets/index.js",
    imports: ["_shared.js", "_react.js"],
    dynamicImports: ["src/app/App.tsx", "src/later.ts"],
  },
  "src/app/App.tsx": { file: "assets/App.js", imports: ["_shared.js"], dynamicImports: ["src/later.ts"] },
  "_shared.js": { file: "assets/shared.js", imports: ["_react.js"] },
  "_react.js": { file: "assets/react.js", imports: ["_shared.js"] },
  "src/later.ts": { file: "assets/later.js" },
  "headless.html": { file: "assets/headless.js" },
};

it("walks static imports and the page itself once", () => {
  const files = ["assets/App.js", "assets/index.js", "assets/react.js", "assets/shared.js"];
  expect(firstLoadFiles(manifest).sort()).toEqual(files);
});
it("says which entry is missing", () => {
  expect(() => firstLoadFiles(manifest, "other.html")).toThrow("no other.html");
});
