// What the page adds to a picture: buttons, a plate to point at, lines above and below. A feature keeps the parts of
// a picture in `parts/ID.tsx`; whatever lies there is found, and a picture without parts is shown as it is drawn.
import type { ComponentType } from "react";
import type { Frame } from "../../pictures/picture";

type Part = ComponentType<{ frame: Frame }>;

export interface Parts {
  className?: string;
  /** Baseline "table" and "save". */
  Tools?: Part;
  Above?: Part;
  /** In place of the figure, which is then drawn only to be saved. */
  Plate?: Part;
  Below?: Part;
}

const found = import.meta.glob<Parts>("../*/parts/*.tsx", { eager: true, import: "parts" });

const byId = new Map(
  Object.entries(found).map(([path, parts]) => [/([^/]+)\.tsx$/.exec(path)?.[1] ?? path, parts]),
);

export const partsOf = (id: string): Parts => byId.get(id) ?? {};
