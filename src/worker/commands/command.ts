// A command as its handler gets it: what the page sent, with the config it may carry resolved.
import type { ResolvedConfig } from "../../config/schema";
import type { Command } from "../protocol";
import type { Session } from "../session";

type CommandType = Command["type"];
type Sent<K extends CommandType> = Extract<Command, { type: K }>;

/** The command of a type; its config has every value. */
export type CommandOf<K extends CommandType> =
  Sent<K> extends { config: unknown } ? Omit<Sent<K>, "config"> & { config: ResolvedConfig } : Sent<K>;

/** Does what a command asks for, and posts the answer. What it throws is posted as `failed`. */
export type Handler<K extends CommandType> = (
  session: Session,
  command: CommandOf<K>,
) => Promise<void> | void;
