// The search panel (key "/"): finds a sample by words of its question and opens its history.
import { plural } from "../lib/format";
import { lab, showSample } from "../store/lab";
import { Chooser, type Choice } from "./Chooser";

export function SearchPanel({ onClose }: { onClose: () => void }) {
  const view = lab.getState().player?.view;
  const samples = view?.samples ?? [];
  return (
    <Chooser
      title="Search samples"
      label="Words of the question or the answer"
      onClose={onClose}
      find={(words) => {
        const choices: Choice[] = [];
        samples.forEach((sample, s) => {
          if (
            !`${sample.prompt} ${sample.answer} ${sample.tags?.join(" ") ?? ""}`.toLowerCase().includes(words)
          )
            return;
          choices.push({
            id: sample.sampleId,
            text: sample.prompt,
            note: view?.firstPick[s] ? `round ${view.firstPick[s]}` : undefined,
            act: () => showSample(s),
          });
        });
        return {
          choices,
          note: choices.length === 0 ? "No sample has these words." : plural(choices.length, "sample"),
        };
      }}
    />
  );
}
