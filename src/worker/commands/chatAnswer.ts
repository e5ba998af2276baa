// chat.answer and chat.stop: the next turn of a conversation, told piece by piece, and its early end.
import { answerTurn, withLibraryAdapter } from "../chat";
import type { Session } from "../session";
import type { CommandOf } from "./command";

export async function answerChat(session: Session, command: CommandOf<"chat.answer">): Promise<void> {
  const { requestId, adapterId, config } = command;
  const { archive, host, post } = session.options;
  const from = performance.now();
  const answer = await session.work("writing an answer", async () => {
    session.answerStopped = false;
    const loaded = await withLibraryAdapter(host, archive.db, config, adapterId);
    return answerTurn(loaded, command, adapterId !== null, {
      tokens: (soFar) => post({ type: "chat.tokens", requestId, answer: soFar }),
      stopped: () => session.answerStopped,
    });
  });
  post({ type: "chat.answered", requestId, answer, tookMs: performance.now() - from });
}

export function stopChat(session: Session): void {
  session.answerStopped = true;
}
