// Grading answers by their final part, as the built-in pools mean it: "23-4=19, so 19 dBm" is graded on "19 dBm".

/** What follows the last marker, or the whole text where there is none; outer white space dropped. */
export function finalAnswer(text: string, marker = "so "): string {
  const at = marker === "" ? -1 : text.lastIndexOf(marker);
  return (at < 0 ? text : text.slice(at + marker.length)).trim();
}

/** 1 when both end in the same final part, else 0. */
export function finalAnswerReward(text: string, answer: string, marker = "so "): 0 | 1 {
  return finalAnswer(text, marker) === finalAnswer(answer, marker) ? 1 : 0;
}
