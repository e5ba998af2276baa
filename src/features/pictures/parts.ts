// What the page adds to a picture: buttons, an interactive figure in place of the drawn one, text above and below. A
// feature puts the parts of a picture into `parts/ID.tsx`, where they are found by that name. Parts are optional.
import type { ComponentType } from "react";
import type { Frame } from "../../pictures/picture";

type Part = ComponentType<{ frame: Frame }>;

export interface Parts {
  className?: string;
  /** Buttons next to "table" and "save". */
  Tools?: Part;
  Above?: Part;
  /** An interactive figure; the picture's own is then drawn only to be saved. */
  Figure?: Part;
  Below?: Part;
}

const found = import.meta.glob<Parts>("../*/parts/*.tsx", { eager: true, import: "parts" });

const byId = new Map(
  Object.entries(found).map(([path, parts]) => [/([^/]+)\.tsx$/.exec(path)?.[1] ?? path, parts]),
);

export const partsOf = (id: string): Parts => byId.get(id) ?? {};
