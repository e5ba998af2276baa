// The pictures that every run shows at once: whatever lies in `first`, in its order.
import { byPlace, type Picture } from "./picture";

export const firstPictures = byPlace(
  Object.values(
    import.meta.glob<Picture>(["./first/*.ts", "!./first/*.test.ts"], { eager: true, import: "picture" }),
  ),
);
