// One-way imports are the architecture; everything else here is the recommended set.
import tseslint from "typescript-eslint";

const forbid = (...names) => ({
  "no-restricted-imports": ["error", { patterns: names.map((group) => ({ group: [group, "!**/shaders/**"], message: "imports go one way, see ARCHITECTURE.md" })) }],
});
const worker = ["**/gpu/**", "**/model/**", "**/train/**"];
const page = ["**/app/**", "**/features/**", "**/ui/**", "**/store/**", "react", "react-dom", "zustand"];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "public", ".cache", "runs"] },
  ...tseslint.configs.recommended,
  { rules: { "max-lines": ["error", { max: 500, skipBlankLines: true }], "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }] } },
  { files: ["src/lib/**"], rules: forbid("../*/**", "!../lib/**") },
  { files: ["src/gpu/**"], rules: forbid(...page, "**/model/**", "**/train/**", "**/curriculum/**", "**/data/**", "**/worker/**") },
  { files: ["src/model/**"], rules: forbid(...page, "**/train/**", "**/curriculum/**", "**/worker/**") },
  { files: ["src/curriculum/**"], rules: forbid(...page, ...worker, "**/data/**", "**/worker/**") },
  { files: ["src/train/**", "src/data/**", "src/worker/**"], rules: forbid(...page) },
  { files: ["src/ui/**"], rules: forbid(...worker, "**/store/**", "**/features/**", "**/app/**", "**/worker/**") },
  { files: ["src/store/**"], rules: forbid(...worker, "**/features/**", "**/app/**", "**/ui/**") },
  { files: ["src/features/**", "src/app/**"], rules: forbid("**/gpu/[!c]*/**", "**/model/**", "**/train/**") },
);
