// Asks for a configuration by hand, with one field for each parameter.

import { button, choice, el, labelled, openDialog } from "./dom.js";
import { formatValue } from "./format.js";

/// Answers the configuration, or null when the person thought better of it.
export function askConfiguration(parameters) {
  return openDialog("Add a configuration", finish => {
    const fields = parameters.map(makeField);
    const problem = el("p", { class: "problem", role: "alert", "data-test": "add-error" });
    const add = () => {
      const wrong = fields.find(field => field.read() === undefined);
      if (wrong) { problem.textContent = `${wrong.name} needs a number.`; return; }
      finish(Object.fromEntries(fields.map(field => [field.name, field.read()]).filter(([, value]) => value !== null)));
    };
    return [
      el("p", { class: "muted", text: "A field left empty is left out, where the parameter is conditional." }),
      el("div", { class: "form-grid" }, fields.map(field => field.node)), problem,
      el("div", { class: "row end" }, button("Cancel", "cancel", () => finish(null)), button("Add", "confirm", add, { class: "primary" })),
    ];
  });
}

/// `read()` is null for an empty field, and undefined for what is no number.
function makeField({ name, type, values, low, high }) {
  const options = type === "bool" ? [true, false] : values;
  if (options?.length > 0) {
    let chosen = options[0];
    const node = labelled(name, choice(options, chosen, value => { chosen = value; }, { "data-field": name }));
    return { name, node, read: () => chosen };
  }
  const input = el(
    "input",
    { type: "text", inputmode: "decimal", "data-field": name, placeholder: `${formatValue(low)} … ${formatValue(high)}` },
  );
  const read = () => {
    const text = input.value.trim(), number = Number(text);
    if (text === "") return null;
    if (!Number.isFinite(number)) return undefined;
    return type === "int" ? Math.round(number) : number;
  };
  return { name, node: labelled(name, input), read };
}
