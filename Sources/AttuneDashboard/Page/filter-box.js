// The box for a filter expression, with its error beside it.

import { button, el, labelled, setText } from "./dom.js";

let made = 0;

export function filterBox(selection) {
  const id = `filter-error-${++made}`;
  const problem = el("span", { id, class: "problem", role: "alert", "data-test": "filter-error" });
  const input = el("input", {
    type: "text",
    class: "filter",
    "data-test": "filter",
    spellcheck: "false",
    autocomplete: "off",
    value: selection.text,
    "aria-describedby": id,
    placeholder: 'value < 0.3 && lr > 0.01 && state == "completed"',
    oninput: () => apply(),
  });
  const apply = async () => {
    const text = input.value;
    try {
      await selection.setFilter(text);
      if (input.value !== text) return;
      setText(problem, "");
      input.removeAttribute("aria-invalid");
    } catch (error) {
      if (input.value !== text) return;
      setText(problem, error.message);
      input.setAttribute("aria-invalid", "true");
    }
  };
  selection.on(kind => { if (kind === "filter" && document.activeElement !== input) input.value = selection.text; });
  const clear = button("Clear", "filter-clear", () => { input.value = ""; apply(); }, { class: "quiet" });
  return el("div", { class: "filter-row" }, labelled("Filter", input, { class: "field grow" }), clear, problem);
}
