// One control for one live variable: what it shows follows from the variable's type and range.

import { choice, el } from "./dom.js";

const SLIDER_STEPS = 1000;

/// Answers `{node, set(value)}`; `onChange(value)` is called with each value the person chose.
export function makeControl(variable, { id, isDisabled, onChange }) {
  const { type, low, high } = variable;
  if (type === "bool") return switchControl(variable, id, isDisabled, onChange);
  if (variable.choices?.length > 0) return choiceControl(variable, id, isDisabled, onChange);
  if (type === "string" || type === "choice") return textControl(variable, id, isDisabled, onChange);
  if (Number.isFinite(low) && Number.isFinite(high) && low < high) return sliderControl(variable, id, isDisabled, onChange);
  return numberControl(variable, id, isDisabled, onChange);
}

function switchControl({ value }, id, disabled, onChange) {
  const box = el(
    "input",
    {
      type: "checkbox",
      role: "switch",
      id,
      checked: value === true,
      disabled,
      class: "switch",
      "data-test": "control",
      onchange: () => onChange(box.checked),
    },
  );
  return { node: el("div", { class: "control" }, box), set: next => { box.checked = next === true; } };
}

function choiceControl({ value, choices }, id, disabled, onChange) {
  const select = choice(choices, value, onChange, { id, "data-test": "control" });
  select.disabled = disabled;
  return { node: el("div", { class: "control" }, select), set: next => { select.selectedIndex = choices.indexOf(next); } };
}

function textControl({ value }, id, disabled, onChange) {
  const input = el(
    "input",
    { type: "text", id, value: String(value), disabled, "data-test": "control", oninput: () => onChange(input.value) },
  );
  return { node: el("div", { class: "control" }, input), set: next => { input.value = String(next); } };
}

function numberControl(variable, id, disabled, onChange) {
  const input = numberInput(variable, id, disabled, onChange);
  return { node: el("div", { class: "control" }, input), set: next => { input.value = shown(next); } };
}

function numberInput(variable, id, disabled, onChange) {
  const input = el("input", {
    type: "number",
    id,
    value: shown(variable.value),
    disabled,
    step: variable.step ?? (variable.type === "int" ? 1 : "any"),
    "data-test": "control",
    oninput: () => {
      const number = input.valueAsNumber;
      if (Number.isFinite(number)) onChange(variable.type === "int" ? Math.round(number) : number);
    },
  });
  return input;
}

function sliderControl(variable, id, disabled, onChange) {
  const isLog = variable.scale === "log" && variable.low > 0, places = placesOf(variable, isLog);
  const slider = el("input", {
    type: "range",
    min: "0",
    max: String(SLIDER_STEPS),
    step: "1",
    value: String(places.from(variable.value)),
    disabled,
    "data-test": "slider",
    "data-tag": variable.tag,
    "aria-label": `${variable.tag} slider`,
    "aria-valuetext": shown(variable.value),
    oninput: () => {
      const value = places.to(Number(slider.value));
      input.value = shown(value);
      slider.setAttribute("aria-valuetext", shown(value));
      onChange(value);
    },
  });
  const input = numberInput(variable, id, disabled, value => { slider.value = String(places.from(value)); onChange(value); });
  const set = next => {
    input.value = shown(next);
    slider.value = String(places.from(next));
    slider.setAttribute("aria-valuetext", shown(next));
  };
  return { node: el("div", { class: "control slider-control" }, slider, input), set };
}

/// Between a slider's place (0…1000) and a value, even in the logarithm where the scale says so, and on whole steps.
function placesOf({ low, high, step, type }, isLog) {
  const grid = step ?? (type === "int" ? 1 : 0);
  const snap = value => grid > 0 ? Math.min(high, low + Math.round((value - low) / grid) * grid) : Number(value.toPrecision(4));
  return {
    from: value => Math.round(SLIDER_STEPS * (isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low))),
    to: place => {
      const share = place / SLIDER_STEPS, value = isLog ? low * (high / low) ** share : low + (high - low) * share;
      return place === 0 ? low : place === SLIDER_STEPS ? high : tidy(snap(value));
    },
  };
}

function tidy(value) {
  return Number(value.toPrecision(12));
}

function shown(value) {
  return typeof value === "number" && Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value ?? "");
}
