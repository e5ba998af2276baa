// The loops of qkv_rope_grad.wgsl, where formula and bindings are. The vec4s of half a head are written out, so that
// both halves of a rotation stay in registers.
import { unroll } from "../unroll";
import { eachHead, ropeRow } from "./rope_row";

/** @param pairs vec4s of half a head */
export function qkvRopeGradLoops(pairs: number): string {
  const each = (line: string): string => unroll(pairs, line);
  /** Turns back what comes in for a head at `at` of `from`, into `out`, with the gains from `gain` on; `more` goes with it. */
  const back = (from: "dq" | "dkv", at: string, out: string, gain: number, more = ""): string => `
      let at = ${at};
      let out = ${out};
      var squares = 0.0;
      var along = 0.0;
      ${each(`let d# = ${from}[at + #u];`)}
      ${each(`let e# = ${from}[at + half + #u];`)}
      ${each(`let a# = gains[${gain}u * PAIRS + #] * (d# * rotation[#] + e# * rotation[PAIRS + #]);`)}
      ${each(`let b# = gains[${gain + 1}u * PAIRS + #] * (e# * rotation[#] - d# * rotation[PAIRS + #]);`)}
      ${each("let x# = qkv[out + #u];")}
      ${each("let y# = qkv[out + half + #u];")}
      ${each("squares += dot(x#, x#) + dot(y#, y#);")}
      ${each("along += dot(x#, a#) + dot(y#, b#);")}
      let r = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      let back = select(0.0, r * r * along / f32(8u * half), dims.qkNorm != 0u);
      if (wanted) {
        ${each("dqkv[out + #u] = r * (a# - x# * back);")}
        ${each("dqkv[out + half + #u] = r * (b# - y# * back);")}${more}
      }`;
  const values = `
        let values = at + dims.kvHeads * size;
        let to = out + dims.kvHeads * size;
        i = 0u;
        loop { dqkv[to + i] = dkv[values + i]; continuing { i++; break if i >= size; } }`;
  const keys = back(
    "dkv",
    "(row * 2u * dims.kvHeads + head) * size",
    "into + (dims.heads + head) * size",
    2,
    values,
  );
  return /* wgsl */ `${ropeRow("qkv_rope_grad", "into")}
  ${eachHead("dims.heads", back("dq", "(row * dims.heads + head) * size", "into + head * size", 0))}
  ${eachHead("dims.kvHeads", keys)}
}
`;
}
