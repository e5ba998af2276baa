// Three tabs and one run: the tab that trains is killed, one of the two that follow resumes the run, and the log is
// complete.
import { killOnce, undisturbed } from "../../scripts/tabs";
import { test } from "../fixtures";

// A trace asks every tab for its state, and one of these is killed.
test.use({ trace: "off" });

test("a run whose tab was killed goes on once, in one of two others", async ({ url, browser }) => {
  await killOnce(browser, url, await undisturbed(browser, url));
});
