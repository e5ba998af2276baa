// The later pictures: those in `later/`, whose code the page loads after the first ones are shown.
import { byPlace, type Picture } from "./picture";

export const laterPictures = byPlace(
  Object.values(
    import.meta.glob<Picture>(["./later/*.ts", "!./later/*.test.ts"], { eager: true, import: "picture" }),
  ),
);
