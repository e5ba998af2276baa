// A few rows as the chosen model reads them, under its own chat template: every token, the trained ones marked, and the one
// that ends the turn. A tokenizer that lies elsewhere is fetched only when asked for.
import { useEffect, useState } from "react";
import { asLabError } from "../../lib/errors";
import { plural } from "../../lib/format";
import { askData, type Away, type RenderedSample, type Rendering } from "../../store/dataWorker";
import { useLab } from "../../store/hooks";
import { presentConfig } from "../../store/session";

type Shown = Rendering | Away | { message: string; hint: string };

/** @param props.rows changes with the rows; props.places among those that pass the filter */
export function Rendered({ rows, places }: { rows: string; places: readonly number[] }) {
  const changes = useLab((state) => state.changes);
  const story = useLab((state) => state.story);
  const [mayFetch, setMayFetch] = useState(false);
  const [shown, setShown] = useState<Shown | null>(null);
  const which = places.join();
  useEffect(() => {
    let here = true;
    const show = async (): Promise<Shown> =>
      askData("list.render", { config: await presentConfig(), places, mayFetch });
    show().then(
      (rendering) => here && setShown(rendering),
      (thrown: unknown) => {
        const { message, hint } = asLabError(thrown);
        if (here) setShown({ message, hint });
      },
    );
    return () => {
      here = false;
    };
    // A text, not a list: the same places may come as a new one.
  }, [rows, which, mayFetch, changes, story]);
  return (
    <section className="rendered" aria-label="As the model reads it" data-ready={shown !== null}>
      <h3>As the model reads it</h3>
      {shown === null && <p className="aside">The model’s tokenizer is being opened…</p>}
      {shown && "away" in shown && (
        <p>
          The tokenizer of {shown.away} is not in this browser.{" "}
          <button type="button" className="button small" onClick={() => setMayFetch(true)}>
            Fetch it, without the weights
          </button>
        </p>
      )}
      {shown && "message" in shown && (
        <p className="fault">
          {shown.message} {shown.hint}
        </p>
      )}
      {shown && "samples" in shown && <Samples {...shown} />}
    </section>
  );
}

function Samples({ model, hasChatTemplate, samples }: Rendering) {
  return (
    <>
      <p className="aside">
        {hasChatTemplate
          ? `With the tokenizer and chat template of ${model}. `
          : `${model} has no chat template: each turn stands on a line of its own. `}
        What is <mark className="target">marked</mark> is trained; the token that{" "}
        <mark className="end">ends the turn</mark> is trained, too.
      </p>
      {samples.map((sample) => (
        <Sample key={sample.sampleId} {...sample} />
      ))}
    </>
  );
}

function Sample({ sampleId, tokens, promptTokens, targetTokens, problem }: RenderedSample) {
  const ended = tokens.some(({ role }) => role === "end");
  return (
    <figure className="sample">
      <figcaption>
        <b>{sampleId}</b>{" "}
        {tokens.length > 0 &&
          `${plural(promptTokens, "token")} given, ${targetTokens} trained${ended ? "" : ", and no token that ends the turn"}`}
      </figcaption>
      {problem && (
        <p className="fault">
          {problem.message} {problem.hint}
        </p>
      )}
      {tokens.length > 0 && (
        <div className="token-text" tabIndex={0} role="group" aria-label={`Tokens of ${sampleId}`}>
          {pieces(tokens).map(({ text, role }, index) =>
            role === "target" || role === "end" ? (
              <mark key={index} className={role}>
                {visible(text)}
                {role === "end" && <span className="unseen"> (ends the turn)</span>}
              </mark>
            ) : (
              <span key={index} className={role}>
                {visible(text)}
              </span>
            ),
          )}
        </div>
      )}
    </figure>
  );
}

/** Prompt tokens run together, a trained token is a mark of its own. */
function pieces(tokens: RenderedSample["tokens"]): RenderedSample["tokens"] {
  const joined: RenderedSample["tokens"] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (last && last.role === token.role && (token.role === "prompt" || token.role === "behind"))
      joined[joined.length - 1] = { ...last, text: last.text + token.text };
    else joined.push(token);
  }
  return joined;
}

/** A line break is drawn as a sign and as itself. */
const visible = (text: string): string => text.replace(/\n/g, "⏎\n");
