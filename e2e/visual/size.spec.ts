// The stored pictures stay small: those that were just written are stored with a palette, and all of them have a limit.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "../fixtures";

const FOLDER = join(import.meta.dirname, "baselines");
const LIMIT_BYTES = 3e6;
/** Where a PNG says what its pixels are, and the number for palette indices. */
const COLOUR_TYPE = { at: 25, palette: 3 };

// After the tests of the other files: one worker takes the files by name.
test("stored pictures take little room", async () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".png"));
  let bytes = 0;
  for (const file of files.map((name) => join(FOLDER, name))) {
    let picture: Buffer = readFileSync(file);
    if (picture[COLOUR_TYPE.at] !== COLOUR_TYPE.palette && test.info().config.updateSnapshots !== "none") {
      // 256 colours without dither: further from the original than one step of a channel nowhere that matters.
      picture = await sharp(picture).png({ palette: true, dither: 0, effort: 3 }).toBuffer();
      writeFileSync(file, picture);
    }
    bytes += picture.length;
  }
  expect(files.length).toBeGreaterThan(0);
  expect(bytes, `bytes of ${files.length} pictures in ${FOLDER}`).toBeLessThan(LIMIT_BYTES);
});
