// One-way imports are the architecture (ARCHITECTURE.md); everything else here is the recommended set.
import tseslint from "typescript-eslint";

const forbid = (...names) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: names.map((group) => ({
        group: [group].flat(),
        message: "imports go one way, see ARCHITECTURE.md",
      })),
    },
  ],
});
const engine = ["**/gpu/**", "**/model/**", "**/train/**"];
const page = ["**/app/**", "**/features/**", "**/ui/**", "**/store/**", "react", "react-dom", "zustand"];
/** The page talks to its two workers through these files only. */
const workerInside = [
  [
    "**/worker/*",
    "!**/worker/client",
    "!**/worker/protocol",
    "!**/worker/dataset",
    "**/worker/dataset/*",
    "!**/worker/dataset/client",
    "!**/worker/dataset/protocol",
  ],
];
const clocks = ["Date", "performance", "fetch", "setTimeout", "navigator", "document", "crypto"];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "public", ".cache", "runs"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "max-lines": ["error", { max: 500, skipBlankLines: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  { files: ["src/lib/**"], rules: forbid(["../**", "!../lib/**"]) },
  // What a model family is made of: read by the loaders of data and by the engine of model.
  {
    files: ["src/families/**"],
    ignores: ["**/*.test.ts"],
    rules: forbid(...page, ...engine, "**/data/**", "**/worker/**", "**/curriculum/**", "**/config/*"),
  },
  {
    // The schema is made from what strategies say of themselves; the rest of the curriculum is none of its business.
    files: ["src/config/**"],
    rules: forbid(...page, ...engine, "**/data/**", "**/worker/**", [
      "**/curriculum/**",
      "!**/curriculum/registry",
      "!**/curriculum/setting",
      "!**/curriculum/strategy",
    ]),
  },
  {
    files: ["src/gpu/**"],
    rules: forbid(
      ...page,
      "**/model/**",
      "**/train/**",
      ["**/curriculum/**", "!**/shaders/**"],
      "**/data/**",
      "**/worker/**",
    ),
  },
  { files: ["src/model/**"], rules: forbid(...page, "**/train/**", "**/curriculum/**", "**/worker/**") },
  {
    // Same log and same seed, same picks: nothing here may know the time or draw its own luck.
    files: ["src/curriculum/**"],
    rules: {
      ...forbid(...page, ...engine, "**/data/**", "**/worker/**"),
      "no-restricted-globals": ["error", ...clocks],
      "no-restricted-properties": ["error", { object: "Math", property: "random" }],
      // A strategy tells the compiler its settings by an interface that extends theirs.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
    },
  },
  {
    // The schema is made from strategies: they may know its types, never itself.
    files: ["src/curriculum/**"],
    ignores: ["**/*.test.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/config/**"], allowTypeImports: true, message: "only its types" }] },
      ],
    },
  },
  // The fold of the run log: read by page, report and summary.
  {
    files: ["src/log/**"],
    rules: forbid(...page, ...engine, "**/data/**", "**/worker/**", "**/pictures/**"),
  },
  // Runs against each other, from their logs alone.
  {
    files: ["src/race/**"],
    ignores: ["**/*.test.ts"],
    rules: forbid(...page, ...engine, "**/data/**", "**/worker/**", "**/headless/**"),
  },
  { files: ["src/train/**", "src/data/**", "src/worker/**", "src/conformance/**"], rules: forbid(...page) },
  // The data worker shares functions with a run, not its engine.
  {
    files: ["src/worker/dataset/**"],
    rules: forbid(...page, "**/gpu/**", "**/model/**", "../engineHost", "../models", "../session"),
  },
  { files: ["src/train/**"], rules: forbid(...page, "**/worker/**") },
  {
    files: ["src/data/**"],
    rules: forbid(...page, ...engine, "**/worker/**", ["**/curriculum/**", "!**/shaders/**"]),
  },
  {
    files: ["src/headless/**"],
    rules: forbid("**/app/**", "**/features/**", "**/store/**", "react", "react-dom", "zustand", ...engine),
  },
  {
    // Pictures as data, drawn by the page and by the report alike.
    files: ["src/pictures/**"],
    rules: forbid(
      ...engine,
      "**/app/**",
      "**/features/**",
      "**/store/**",
      "**/worker/**",
      "**/data/**",
      "react",
    ),
  },
  {
    files: ["src/ui/**"],
    rules: forbid(...engine, "**/store/**", "**/features/**", "**/app/**", "**/worker/**", "**/data/**"),
  },
  {
    files: ["src/store/**"],
    rules: forbid(...engine, "**/features/**", "**/app/**", "**/ui/**", ...workerInside),
  },
  {
    files: ["src/features/**", "src/app/**"],
    rules: forbid("**/gpu/**", "**/model/**", "**/train/**", ...workerInside),
  },
  {
    // The page speaks to its store by verbs: what they change, and when the database is closed, is settled there.
    files: ["src/features/**", "src/app/**"],
    ignores: ["**/*.test.*"],
    rules: {
      "no-restricted-properties": ["error", { object: "lab", property: "setState", message: "add a verb" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ImportSpecifier[imported.name='openLabDb']",
          message: "add a verb to src/store/kept.ts",
        },
      ],
    },
  },
);
