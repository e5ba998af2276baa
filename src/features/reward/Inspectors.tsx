// What a reinforcement run wrote, word for word: judgments and answers. The code is loaded when a run has rollouts.
import { useLab, useView } from "../../store/hooks";
import { GroupInspector } from "./GroupInspector";
import { JudgmentInspector } from "./JudgmentInspector";

export function Inspectors() {
  const player = useLab((state) => state.player);
  const view = useView(player, "groups", "run");
  if (view.groups.length === 0) return null;
  return (
    <>
      {view.judged.some((step) => step.shown?.length) && <JudgmentInspector view={view} />}
      <GroupInspector view={view} />
    </>
  );
}
