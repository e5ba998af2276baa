// The pictures that are loaded when the first ones are on the page; none before that.
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
