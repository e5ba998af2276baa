// Loads the code of the later pictures after the first ones are on the page.
import { useEffect, useState } from "react";
import type { Picture } from "../../pictures/picture";

const none: readonly Picture[] = [];

export function useLater(): readonly Picture[] {
  const [pictures, setPictures] = useState(none);
  useEffect(() => {
    void import("../../pictures/later").then(({ laterPictures }) => setPictures(laterPictures));
  }, []);
  return pictures;
}
