// The pictures that the page loads behind the first ones: whatever lies in `later`, in its order.
import { byPlace, type Picture } from "./picture";

export const laterPictures = byPlace(
  Object.values(
    import.meta.glob<Picture>(["./later/*.ts", "!./later/*.test.ts"], { eager: true, import: "picture" }),
  ),
);
