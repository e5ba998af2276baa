// What templates print is what Python's jinja2 prints. The wanted texts were printed by transformers' render_jinja_template.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTokenizer } from "../tokenizer";

const read = (name: string) =>
  JSON.parse(readFileSync(`public/models/tiny/${name}`, "utf8")) as Record<string, unknown>;
const [definition, config] = [read("tokenizer.json"), read("tokenizer_config.json")];
const MESSAGES = [
  { role: "system" as const, content: "Be short." },
  { role: "user" as const, content: "What é?" },
];
const render = (template: string) =>
  createTokenizer(definition, { ...config, chat_template: template }).chat(MESSAGES);

describe("a template prints as in Python", () => {
  it.each([
    ["{{ true }}{{ 1 == 2 }}{{ messages is iterable }}", "TrueFalseTrue"],
    ["{{ 7 / 2 }}{{ 'a' if false }}{{ 3 }}", "3.53"],
    ["{{ [none, true, 1.0, 'a'] }}{{ {'a': [1]} }}", "[None, True, 1.0, 'a']{'a': [1]}"],
    ["{{ [\"it's\", 'a\"b', 'x\\n'] }}", "[\"it's\", 'a\"b', 'x\\n']"],
    ["{{ messages[0] }}", "{'role': 'system', 'content': 'Be short.'}"],
    ["{% for m in messages %}{{ loop.last }}{{ m.content }}{% endfor %}", "FalseBe short.TrueWhat é?"],
    ["{% macro t(x) %}<{{ x }}>{% endmacro %}{% set y %}{{ true }}{% endset %}{{ t(y) }}", "<True>"],
    ["{{ {'a': true} | tojson }}", '{"a": true}'],
    ["{{ nope }}{{ none or 'x' }}", "x"],
  ])("%s", (template, text) => expect(render(template)).toBe(text));
});

describe("a loop that is left", () => {
  it.each([
    [
      "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{{ m.content }}{% endfor %}",
    ],
    [
      "{% for m in messages %}{% if loop.first %}  {%- continue %}{% else %}{{ m.content }}{% endif %}{% endfor %}",
    ],
  ])("before it prints is rendered: %s", (template) => expect(render(template)).toBe("What é?"));

  it.each([
    ["{% for m in messages %}{{ m.content }}{% break %}{% endfor %}"],
    [
      "{% for m in messages %}{% if true %}x{% endif %}{% if loop.first %}{% continue %}{% endif %}{% endfor %}",
    ],
  ])("after it printed is refused, not cut: %s", (template) =>
    expect(() => render(template)).toThrow(/cannot be read: it prints something before {% break %}/),
  );
});

it("a template that asks for what is not known here is not taken for one that refuses", () => {
  expect(() => render("{{ 'a'.nope() }}")).toThrow(/^The chat template cannot be rendered here: /);
  expect(() => render("{{ raise_exception('No system') }}")).toThrow(
    /^The chat template refuses this conversation: “No system”\.$/,
  );
});
