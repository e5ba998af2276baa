// What a unit test may say beside its verdict; `npm test` prints it (scripts/test-parts.ts).
import "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What was measured, one line. */
    note?: string;
    /** Why a test is skipped: every skipped test has one. */
    reason?: string;
  }
}
