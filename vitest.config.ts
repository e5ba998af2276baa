// Unit tests of everything that needs no GPU. Kernel tests (*.gpu.ts) run in real browsers: see scripts/test.ts.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx", "scripts/**/*.test.ts"],
    // Vitest's 5 s are short on a machine that does other work; what hangs still ends.
    testTimeout: 30_000,
  },
});
