// Answers the next question of a conversation with the model that is loaded, with an adapter of the library or
// without one.
import type { ResolvedConfig } from "../config/schema";
import type { LabDb } from "../data/db";
import { LabError } from "../lib/errors";
import type { AdapterConfig } from "../families/config";
import type { AdapterState } from "../model/engine";
import { answerText } from "../train/samples";
import { fitInto, neededAdapter, roomyShape } from "./adapters";
import type { EngineHost, LoadedEngine } from "./engineHost";
import type { ChatTurn, GeneratedText } from "./protocol";

/** Ranks up to this share one engine. */
const ROOMY_RANK = 16;

/**
 * The engine with an adapter of the library on it; weights of the model move only where it is not loaded yet, or was
 * loaded for a smaller adapter.
 * @throws LabError "adapter" where the adapter belongs to another model.
 */
export async function withLibraryAdapter(
  host: EngineHost,
  db: LabDb | null,
  config: ResolvedConfig,
  adapterId: string | null,
): Promise<LoadedEngine> {
  if (adapterId === null)
    return host.holding(config) ?? host.load(config, db, { adapter: roomyShape(ROOMY_RANK) });
  const { record, state } = await neededAdapter(db, adapterId);
  const present = host.holding(config);
  if (present && (await put(present, record.config, state))) return present;
  const adapter = roomyShape(Math.max(ROOMY_RANK, record.config.rank, present?.adapter.rank ?? 0));
  const loaded = await host.load(config, db, { adapter });
  if (await put(loaded, record.config, state)) return loaded;
  throw new LabError(
    "adapter",
    `The adapter ${record.name} was made for ${record.model}, and does not fit ${loaded.model.name}.`,
    "Choose the model it was trained on.",
    { adapterId, model: record.model },
  );
}

/** @returns whether it had a place. */
async function put(
  { engine, adapter }: LoadedEngine,
  own: AdapterConfig,
  state: AdapterState,
): Promise<boolean> {
  const now = await engine.readState();
  const fitted = fitInto(adapter, now.adapter, own, state);
  if (!fitted) return false;
  engine.resetOptimizer();
  engine.writeState({ ...(await engine.readState()), adapter: fitted });
  return true;
}

export interface ChatQuestion {
  messages: readonly ChatTurn[];
  maxNewTokens: number;
  temperature: number;
  topP: number;
  seed: number;
}

/** Thrown inside the engine's loop to end an answer in the middle. */
class Enough extends Error {}

/**
 * @param on.tokens the answer so far, every few tokens
 * @param on.stopped whether the user has stopped the answer; what was written by then is kept
 */
export async function answerTurn(
  { engine, tokenizer }: LoadedEngine,
  question: ChatQuestion,
  withAdapter: boolean,
  on: { tokens: (answer: GeneratedText) => void; stopped: () => boolean },
): Promise<GeneratedText> {
  const { messages, maxNewTokens, temperature, topP, seed } = question;
  const { eosTokenIds, maxPosition } = engine.config;
  const prompt = Uint32Array.from(tokenizer.chatIds(messages));
  const room = maxPosition - prompt.length;
  if (room < 1) {
    throw new LabError(
      "config",
      `The conversation has ${prompt.length} tokens; the model takes ${maxPosition}.`,
      "Begin a new conversation.",
    );
  }
  const asText = (
    ids: ArrayLike<number>,
    logprob: ArrayLike<number>,
    entropy: ArrayLike<number>,
  ): GeneratedText => {
    const tokens = Uint32Array.from(ids);
    return {
      prompt: messages.at(-1)?.content ?? "",
      text: answerText(tokens, tokenizer, eosTokenIds),
      tokens: Array.from(tokens, (id) => tokenizer.idToText(id)),
      tokenIds: Array.from(tokens),
      logprob: Array.from(logprob),
      entropy: Array.from(entropy),
    };
  };
  let soFar = asText([], [], []);
  engine.setAdapterEnabled(withAdapter);
  try {
    const [answer] = await engine.generate([{ key: 0, prompt }], {
      ...{
        maxNewTokens: Math.min(maxNewTokens, room),
        temperature,
        topP,
        topK: 0,
        seed,
        stopTokens: eosTokenIds,
      },
      onTokens: (_request, _rollout, ids, entropy) => {
        soFar = asText(ids, [], entropy);
        on.tokens(soFar);
        if (on.stopped()) throw new Enough();
      },
    });
    return answer ? asText(answer.tokens, answer.logprob, answer.entropy) : soFar;
  } catch (thrown) {
    if (thrown instanceof Enough) return soFar;
    throw thrown;
  } finally {
    engine.setAdapterEnabled(true);
  }
}
