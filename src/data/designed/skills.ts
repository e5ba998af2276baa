// Questions that the built-in model knows, can learn or cannot reach, as its pools ask them (scripts/base-model). An
// answer is worked step by step and ends in "so RESULT", which is what a test grades.
import type { Draws } from "./draws";

/** What the base model makes of a skill. */
export type Reach = "known" | "learnable" | "out-of-reach";

export interface Skill {
  reach: Reach;
  /** 1 = easiest, as in the built-in pools. */
  difficulty: number;
  ask(r: Draws): [prompt: string, answer: string];
}

const NAMES = ["Ann", "Bob", "Tom", "Eva", "Max", "Lea"];
const THINGS = ["pens", "cups", "books", "coins", "balls", "cards"];

/** "7*8=56, 56-3=53, so 53 ports": steps from left to right, each on the result before it. */
function worked(unit: string, first: number, ...steps: ["+" | "-" | "*" | "/", number][]): string {
  let at = first;
  const parts = steps.map(([sign, by]) => {
    const from = at;
    at = { "+": from + by, "-": from - by, "*": from * by, "/": from / by }[sign];
    return `${from}${sign}${by}=${at}`;
  });
  return `${parts.join(", ")}, so ${at}${unit}`;
}

/** Used ports leave some of `all` free. */
const used = (r: Draws, all: number) => r.int(1, Math.min(20, all - 1));

function gains(r: Draws): [string, string] {
  const [name, thing, a, b] = [r.pick(NAMES), r.pick(THINGS), r.int(1, 40), r.int(1, 20)];
  return [
    `${name} has ${a} ${thing} and gets ${b} more. How many ${thing} now?`,
    worked(` ${thing}`, a, ["+", b]),
  ];
}
function loses(r: Draws): [string, string] {
  const [name, thing, a, b] = [r.pick(NAMES), r.pick(THINGS), r.int(12, 60), r.int(1, 11)];
  return [
    `${name} has ${a} ${thing} and loses ${b}. How many ${thing} are left?`,
    worked(` ${thing}`, a, ["-", b]),
  ];
}
function boxes(r: Draws): [string, string] {
  const [thing, a, b] = [r.pick(THINGS), r.int(2, 10), r.int(2, 10)];
  return [`A box has ${a} ${thing}. How many ${thing} are in ${b} boxes?`, worked(` ${thing}`, a, ["*", b])];
}
function chain(r: Draws): [string, string] {
  const [a, b, c] = [r.int(12, 45), r.int(1, 11), r.int(1, 15)];
  return [`${a}-${b}+${c}=?`, worked("", a, ["-", b], ["+", c])];
}
function cableLoss(r: Draws): [string, string] {
  const [power, loss] = [r.int(12, 46), r.int(1, 11)];
  return [
    `A cell sends at ${power} dBm and the cable loses ${loss} dB. Power at the antenna?`,
    worked(" dBm", power, ["-", loss]),
  ];
}
function tabletDose(r: Draws): [string, string] {
  const [name, count, dose] = [r.pick(NAMES), r.int(2, 10), r.int(2, 10)];
  return [`${name} takes ${count} tablets of ${dose} mg. Dose?`, worked(" mg", count, ["*", dose])];
}
function freePorts(r: Draws): [string, string] {
  const [cards, ports] = [r.int(2, 9), r.int(2, 9)];
  const taken = used(r, cards * ports);
  return [
    `A switch has ${cards} cards with ${ports} ports each and ${taken} ports are in use. Free ports?`,
    worked(" ports", cards, ["*", ports], ["-", taken]),
  ];
}
/** As free ports, and one step more: its answer begins with theirs. */
function addedPorts(r: Draws): [string, string] {
  const [cards, ports, more] = [r.int(2, 9), r.int(2, 9), r.int(2, 12)];
  const taken = used(r, cards * ports);
  return [
    `A switch has ${cards} cards with ${ports} ports each and ${taken} ports are in use. Then ${more} ports are added. Free ports?`,
    worked(" ports", cards, ["*", ports], ["-", taken], ["+", more]),
  ];
}
function linkBudget(r: Draws): [string, string] {
  const [power, loss, gain] = [r.int(15, 45), r.int(1, 11), r.int(2, 15)];
  return [
    `A cell sends at ${power} dBm. The cable loses ${loss} dB and the antenna adds ${gain} dB. Radiated power?`,
    worked(" dBm", power, ["-", loss], ["+", gain]),
  ];
}
function dripVolume(r: Draws): [string, string] {
  const [hours, rate, later] = [r.int(2, 9), r.int(2, 9), r.int(2, 9)];
  return [
    `A drip gives ${hours * rate} ml in ${hours} hours. How many ml in ${later} hours?`,
    worked(" ml", hours * rate, ["/", hours], ["*", later]),
  ];
}
function bottleDoses(r: Draws): [string, string] {
  const [dose, doses] = [r.int(2, 9), r.int(4, 12)];
  const gone = r.int(2, doses - 2);
  return [
    `A bottle has ${dose * doses} ml. Each dose is ${dose} ml and ${gone} doses are gone. How many doses are left?`,
    worked(" doses", dose * doses, ["/", dose], ["-", gone]),
  ];
}
function lateFine(r: Draws): [string, string] {
  const [fine, days, each] = [r.pick([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20]), r.int(2, 9), r.int(2, 9)];
  return [
    `A fine is ${fine} plus ${each} for each day. It is ${days} days late. Total?`,
    worked(" euro", each, ["*", days], ["+", fine]),
  ];
}
function debtInterest(r: Draws): [string, string] {
  const [each, years] = [r.int(2, 9), r.int(2, 9)];
  const paid = used(r, each * years);
  return [
    `A debt bears ${each} euro interest a year. After ${years} years ${paid} euro are paid. Interest still due?`,
    worked(" euro", each, ["*", years], ["-", paid]),
  ];
}
/** Two digits by two at once: beyond the built-in model. */
function frameBytes(r: Draws): [string, string] {
  const [frames, size] = [r.int(12, 98), r.int(12, 98)];
  return [`A link carries ${frames} frames of ${size} bytes. How many bytes?`, `${frames * size} bytes`];
}

export const SKILLS = {
  gains: { reach: "known", difficulty: 1, ask: gains },
  loses: { reach: "known", difficulty: 1, ask: loses },
  boxes: { reach: "known", difficulty: 1, ask: boxes },
  chain_sum: { reach: "known", difficulty: 1, ask: chain },
  cable_loss: { reach: "known", difficulty: 1, ask: cableLoss },
  tablet_dose: { reach: "known", difficulty: 1, ask: tabletDose },
  free_ports: { reach: "learnable", difficulty: 3, ask: freePorts },
  link_budget: { reach: "learnable", difficulty: 3, ask: linkBudget },
  drip_volume: { reach: "learnable", difficulty: 3, ask: dripVolume },
  bottle_doses: { reach: "learnable", difficulty: 4, ask: bottleDoses },
  late_fine: { reach: "learnable", difficulty: 3, ask: lateFine },
  debt_interest: { reach: "learnable", difficulty: 4, ask: debtInterest },
  added_ports: { reach: "learnable", difficulty: 4, ask: addedPorts },
  frame_bytes: { reach: "out-of-reach", difficulty: 5, ask: frameBytes },
} as const satisfies Record<string, Skill>;

export type SkillName = keyof typeof SKILLS;
