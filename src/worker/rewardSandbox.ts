// Runs a user's reward function in an interpreter of its own (QuickJS, compiled to WebAssembly). The function sees
// text and numbers only: no page, network, clock or random numbers; its time and memory are limited.
import variant from "@jitl/quickjs-singlefile-browser-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  shouldInterruptAfterDeadline,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";

/** What a function may see of an answer. */
export interface RewardItem {
  text: string;
  answer: string;
  prompt: string;
}

export interface RewardLimits {
  /** For all answers of one call. */
  timeMs: number;
  memoryBytes: number;
}

/** Numbers as the function returned them, `typeof` of anything else; or one clause on what went wrong. */
export type RewardOutcome = { rewards: (number | string)[] } | { error: string };

/** Deep enough for honest recursion, far from the end of the engine's own stack. */
const STACK_BYTES = 256 * 1024;

/** Taken away: with clock or luck the same seed would no longer give the same run. */
const PREPARE = `
  const no = (what) => () => { throw new Error(what + " is not there: a reward must depend on the answer alone"); };
  Math.random = no("Math.random");
  delete globalThis.Date;
`;

const WASM_PAGE_BYTES = 65_536;
/** What the interpreter itself begins with. */
const FIRST_PAGES = 256;

/**
 * An interpreter whose whole memory ends at `bytes`. Its own count of what a script holds leaves out array buffers, so
 * the memory below it has the same end.
 */
function interpreter(bytes: number): Promise<QuickJSWASMModule> {
  const maximum = FIRST_PAGES + Math.ceil(bytes / WASM_PAGE_BYTES);
  const wasmMemory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum });
  return newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }));
}

export class RewardSandbox {
  private constructor(
    private readonly runtime: QuickJSRuntime,
    private readonly context: QuickJSContext,
    private readonly limits: RewardLimits,
    private readonly grade_: QuickJSHandle,
  ) {}

  /** @param code a body of (text, answer, prompt). @returns the sandbox, or one clause on why there is none */
  static async open(code: string, limits: RewardLimits): Promise<RewardSandbox | string> {
    const quickJs = await interpreter(limits.memoryBytes);
    const runtime = quickJs.newRuntime({
      memoryLimitBytes: limits.memoryBytes,
      maxStackSizeBytes: STACK_BYTES,
    });
    const context = runtime.newContext();
    context.unwrapResult(context.evalCode(PREPARE)).dispose();
    runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + limits.timeMs));
    const made = context.evalCode(
      `(function (text, answer, prompt) { "use strict";\n${code}\n})`,
      "reward.js",
    );
    if (made.error) {
      const reason = shown(context, made.error);
      made.error.dispose();
      context.dispose();
      runtime.dispose();
      return `cannot be read: ${reason}`;
    }
    return new RewardSandbox(runtime, context, limits, made.value);
  }

  grade(items: readonly RewardItem[]): RewardOutcome {
    const { runtime, context, limits } = this;
    const end = Date.now() + limits.timeMs;
    let late = false;
    runtime.setInterruptHandler(() => (late ||= Date.now() > end));
    const rewards: (number | string)[] = [];
    for (const { text, answer, prompt } of items) {
      const args = [text, answer, prompt].map((value) => context.newString(value));
      const result = context.callFunction(this.grade_, context.undefined, ...args);
      for (const handle of args) handle.dispose();
      if (late) {
        (result.error ?? result.value)?.dispose();
        return { error: `took longer than ${limits.timeMs} ms for ${items.length} answers and was ended` };
      }
      if (result.error) {
        const reason = shown(context, result.error);
        result.error.dispose();
        return {
          error: /out of memory/.test(reason)
            ? `needed more than ${Math.round(limits.memoryBytes / 1e6)} MB of memory and was ended`
            : `threw ${reason}`,
        };
      }
      rewards.push(read(context, result.value));
      result.value.dispose();
    }
    return { rewards };
  }

  dispose(): void {
    this.grade_.dispose();
    this.context.dispose();
    this.runtime.dispose();
  }
}

function read(context: QuickJSContext, value: QuickJSHandle): number | string {
  const type = context.typeof(value);
  if (type === "number") return context.getNumber(value);
  if (type === "object") {
    const then = context.getProp(value, "then");
    const promised = context.typeof(then) === "function";
    then.dispose();
    if (promised) return "a promise";
  }
  return type;
}

/** A thrown value in a few words. */
function shown(context: QuickJSContext, thrown: QuickJSHandle): string {
  const value = context.dump(thrown) as unknown;
  if (value !== null && typeof value === "object" && "name" in value && "message" in value)
    return `${String(value.name)}: ${String(value.message)}`.slice(0, 200);
  return String(value).slice(0, 200);
}
