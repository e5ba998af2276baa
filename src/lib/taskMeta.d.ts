// Extra fields that a unit test can report with its result; `npm test` prints them (scripts/test-parts.ts).
import "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What was measured, one line. */
    note?: string;
    /** Why a test is skipped: every skipped test has one. */
    reason?: string;
  }
}
