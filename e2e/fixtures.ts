// The test fixture of all end-to-end tests: `url`, the built page from a local server with its real headers. Run
// them with `npx playwright test`, or as the parts `journeys` and `a11y` of `npm test`.
import { test as base, expect } from "@playwright/test";
import type { Site } from "../scripts/serve";
import { openSite } from "../scripts/site";

export const test = base.extend<{ url: string }, { site: Site }>({
  site: [
    // Playwright reads from the first parameter which fixtures are needed: none.
    async ({}, use) => {
      const site = await openSite();
      await use(site);
      await site.close();
    },
    { scope: "worker" },
  ],
  url: async ({ site }, use) => use(site.url),
});

export { expect };
