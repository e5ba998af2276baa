// Alpaca: the instruction and, where a row has one, its input below it; the answer is the output.
import type { Layout } from "../layout";
import { askedBefore } from "../turns";

export default {
  id: "alpaca",
  name: "Alpaca",
  place: 40,
  fits(columns) {
    if (!columns.includes("instruction") || !columns.includes("output")) return null;
    return {
      used: ["instruction", "output", ...["input", "system"].filter((name) => columns.includes(name))],
    };
  },
  read(values, refuse) {
    const text = (column: string, needed: boolean): string => {
      const value = values[column] ?? "";
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      if (typeof value !== "string")
        return refuse(`the column “${column}” holds no text`, "Put one text into each column.");
      if (needed && value === "") {
        const what = values[column] === undefined ? "is missing" : "is empty";
        return refuse(`the column “${column}” ${what}`, "Fill it in or delete the row.");
      }
      return value;
    };
    const [instruction, input, system] = [
      text("instruction", true),
      text("input", false),
      text("system", false),
    ];
    const question = input.trim() === "" ? instruction : `${instruction}\n\n${input}`;
    const own = system === "" ? [] : [{ role: "system" as const, content: system }];
    return [askedBefore([...own, { role: "user", content: question }], text("output", true))];
  },
} satisfies Layout;
