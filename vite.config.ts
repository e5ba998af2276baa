// Builds the page, its worker and the pages the commands drive without a window. Shaders are imported as text
// (`?raw`); nothing is fetched from elsewhere.
import { existsSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page, the lab's headless page and the conformance page: separate entries, so none weighs on another. */
const input = ["index.html", "headless.html", "conformance.html"].filter((file) => existsSync(file));

export default defineConfig({
  plugins: [react()],
  base: "./",
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    // The size budget reads what the first load takes from it.
    manifest: true,
    rolldownOptions: { input },
  },
  worker: { format: "es" },
});
