// An error as a message.
import { asLabError } from "../../lib/errors";
import type { Failure } from "./protocol";

export function failureOf(thrown: unknown): Failure {
  const { code, message, hint, facts } = asLabError(thrown);
  return { code, message, hint, facts: { ...facts } };
}
