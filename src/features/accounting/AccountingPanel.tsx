// The panel "Where time and memory go": the run's time by phase and round, its speed as a share of what the GPU can
// do, GPU memory by purpose, and one training step kernel by kernel.
import { count } from "../../lib/format";
import { PHASES } from "../../log/phases";
import { useLab, useView } from "../../store/hooks";
import { useLive } from "../../store/live";
import { stack } from "../../ui/charts/stack";
import { Picture } from "../../ui/controls/Picture";
import { Sheet } from "../../ui/controls/Sheet";
import {
  ceilingSentence,
  memoryRows,
  memorySentence,
  memoryTable,
  phaseRates,
  roundRows,
  roundTable,
  roundTimes,
  timeSentence,
  usedPhases,
} from "./accounting";
import { Bars } from "./Bars";
import { StepPicture } from "./StepPicture";
import { numbers, TableHead } from "../../ui/controls/TableHead";

function Time() {
  const player = useLab((state) => state.player);
  const view = useView(player, "phases", "steps", "scores", "run");
  const times = roundTimes(view);
  const sentence = timeSentence(view);
  return (
    <Picture
      id="round-time"
      question="Where does the time of a round go?"
      sentence={sentence}
      table={() => roundTable(times)}
      figure={() => stack(640, roundRows(times))}
      legend={usedPhases(times).map((phase) => (
        <span key={phase}>
          <svg className="swatch" viewBox="0 0 18 10" aria-hidden="true">
            <rect width="18" height="10" rx="2" fill={PHASES[phase].color} />
          </svg>
          {PHASES[phase].word}
        </span>
      ))}
    >
      <Bars rows={roundRows(times)} name={`Time of each round by phase. ${sentence}`} />
    </Picture>
  );
}

function Rates() {
  const player = useLab((state) => state.player);
  const view = useView(player, "phases", "steps", "scores", "evaluations", "groups", "run");
  const onGpu = player?.kind === "live";
  const running = useLive((state) => state.state === "running");
  const progress = useLive((state) => state.progress);
  const ceiling = useLive((state) => state.ceiling);
  const now = onGpu && running && progress?.tokensPerSecond ? progress.tokensPerSecond : null;
  return (
    <section aria-label="How fast it is">
      <h3>How fast it is</h3>
      {now !== null && <p>{count(now)} tokens a second in the phase that runs now.</p>}
      <table className="rates">
        <TableHead columns={["Phase", numbers("Share"), numbers("Tokens"), numbers("Tokens a second")]} />
        <tbody>
          {phaseRates(view).map(({ phase, share, tokens, tokensPerSecond }) => (
            <tr key={phase}>
              <td>{PHASES[phase].word}</td>
              <td className="n">{(share * 100).toFixed(0)} %</td>
              <td className="n">{tokens === null ? "–" : count(tokens)}</td>
              <td className="n">{tokensPerSecond === null ? "–" : count(tokensPerSecond)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="aside">
        {onGpu
          ? ceilingSentence(running ? (progress?.multiplyAddsPerSecond ?? null) : null, ceiling)
          : `${player?.kind === "stored" ? "One of your runs" : "A recorded run"}: the speeds are those of the machine it was made on. For a run on this GPU, its share of the GPU’s highest speed is shown here.`}
      </p>
    </section>
  );
}

function Memory() {
  const created = useLive((state) => state.progress?.created ?? null);
  if (!created)
    return (
      <section aria-label="GPU memory">
        <h3>GPU memory</h3>
        <p className="aside">Bytes by purpose are shown while a run on this GPU is under way.</p>
      </section>
    );
  const sentence = memorySentence(created);
  return (
    <Picture
      id="gpu-memory"
      question="What is on the GPU?"
      sentence={sentence}
      table={() => memoryTable(created)}
      figure={() => stack(640, memoryRows(created), 180)}
    >
      <Bars rows={memoryRows(created)} names={180} name={`GPU memory by purpose. ${sentence}`} />
    </Picture>
  );
}

export function AccountingPanel({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title="Where time and memory go" place="panel" onClose={onClose}>
      <div className="accounting">
        <Time />
        <Rates />
        <Memory />
        <StepPicture />
      </div>
    </Sheet>
  );
}
