// Packing against what a row may see, written out by hand and as a law.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asDocument, cutToRows, groupRows, pack, type Group } from "./pack";

describe("pack", () => {
  it("lays documents end to end and leaves out the last token's row", () => {
    const { batch, head, spans } = pack([asDocument([10, 11], [20, 2]), asDocument([12], [21])]);
    expect([...batch.tokens]).toEqual([10, 11, 20, 12]);
    expect([...batch.position]).toEqual([0, 1, 2, 0]);
    expect([...batch.documentStart]).toEqual([0, 0, 0, 3]);
    expect([...batch.visibleEnd]).toEqual([3, 3, 3, 4]);
    expect([...head.rows]).toEqual([1, 2, 3]);
    expect([...head.targets]).toEqual([20, 2, 21]);
    expect(spans).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  it("computes a prefix once for its children", () => {
    const group: Group = {
      prefix: [5, 6],
      children: [
        { tokens: [7, 8], targetFrom: 0 },
        { tokens: [9], targetFrom: 0 },
        { tokens: [3, 4], targetFrom: 2 },
      ],
    };
    const { batch, head, spans } = pack([asDocument([1], [2]), group]);
    expect([...batch.tokens]).toEqual([1, 5, 6, 7, 3, 4]);
    expect([...batch.position]).toEqual([0, 0, 1, 2, 2, 3]);
    expect([...batch.documentStart]).toEqual([0, 1, 1, 3, 4, 4]);
    expect([...batch.prefixStart]).toEqual([0, 1, 1, 1, 1, 1]);
    expect([...batch.prefixEnd]).toEqual([0, 1, 1, 3, 3, 3]);
    expect([...batch.visibleEnd]).toEqual([1, 6, 6, 4, 6, 6]);
    expect([...head.rows]).toEqual([0, 2, 3, 2]);
    expect([...head.targets]).toEqual([2, 7, 8, 9]);
    expect(spans[3]).toEqual([4, 4]);
  });

  it("refuses a target with nothing before it", () => {
    expect(() => pack([asDocument([], [1])])).toThrow("nothing before it");
  });

  const groups = fc.array(
    fc.record({
      prefix: fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }),
      children: fc.array(
        fc
          .array(fc.nat(99), { maxLength: 5 })
          .chain((tokens) => fc.record({ tokens: fc.constant(tokens), targetFrom: fc.nat(tokens.length) })),
        { maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it("shows every target exactly the tokens before it, and agrees with itself from the key's side", () => {
    fc.assert(
      fc.property(groups, (some: Group[]) => {
        const { batch, head, spans } = pack(some);
        const sees = (i: number) => {
          const rows = [];
          for (let j = batch.prefixStart[i]; j < batch.prefixEnd[i]; j++) rows.push(j);
          for (let j = batch.documentStart[i]; j <= i; j++) rows.push(j);
          return rows;
        };
        let span = 0;
        for (const { prefix, children } of some) {
          for (const { tokens, targetFrom } of children) {
            const [from, to] = spans[span++];
            expect(to - from).toBe(tokens.length - targetFrom);
            for (let m = from; m < to; m++) {
              const context = sees(head.rows[m]).map((j) => batch.tokens[j]);
              const t = targetFrom + m - from;
              expect(context).toEqual([...Array.from(prefix), ...Array.from(tokens).slice(0, t)]);
              expect(head.targets[m]).toBe(tokens[t]);
            }
          }
        }
        for (let i = 0; i < batch.tokens.length; i++) {
          expect(batch.position[i]).toBe(sees(i).length - 1);
          for (const j of sees(i)) expect(batch.visibleEnd[j]).toBeGreaterThan(i);
        }
        expect(batch.tokens).toHaveLength(some.reduce((sum, group) => sum + groupRows(group), 0));
      }),
    );
  });
});

describe("cutToRows", () => {
  it("keeps the order, fills up, and refuses what never fits", () => {
    expect(cutToRows([3, 3, 4, 1, 9], (n) => n, 9)).toEqual([[3, 3], [4, 1], [9]]);
    expect(() => cutToRows([10], (n) => n, 9)).toThrow("longer than the 9");
    expect(cutToRows([], (n: number) => n, 9)).toEqual([]);
  });
});
