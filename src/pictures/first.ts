// The first pictures: those shown for every run, found in `first/` and loaded with the page.
import { byPlace, type Picture } from "./picture";

export const firstPictures = byPlace(
  Object.values(
    import.meta.glob<Picture>(["./first/*.ts", "!./first/*.test.ts"], { eager: true, import: "picture" }),
  ),
);
