// Makes elements. Text from data only ever becomes a text node, so a name that looks like markup stays a name.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

function setAttribute(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "text") node.textContent = value;
  else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

export function button(text, test, onclick, attributes = {}) {
  return el("button", { type: "button", text, "data-test": test, onclick, ...attributes });
}

export function labelled(text, control, attributes = {}) {
  return el("label", { class: "field", ...attributes }, el("span", { text }), control);
}

export function choice(options, value, onchange, attributes = {}) {
  const items = options.map(option => el("option", { value: String(option), text: String(option), selected: option === value }));
  return el("select", { onchange: event => onchange(options[event.target.selectedIndex]), ...attributes }, items);
}

export function checkbox(text, test, checked, onchange) {
  const box = el("input", { type: "checkbox", checked, "data-test": test, onchange: () => onchange(box.checked) });
  return el("label", { class: "check" }, box, el("span", { text }));
}

/// Writes only what differs: an unchanged node costs no layout.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function notify(text, kind = "info") {
  const note = el("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : null, "data-test": "notice" }, el("span", { text }));
  note.append(button("Close", "notice-close", () => note.remove(), { class: "quiet" }));
  document.getElementById("notices").append(note);
  setTimeout(() => note.remove(), kind === "error" ? 12000 : 5000);
}

/// Calls `work` at most once in `milliseconds`, the last call never lost.
export function throttled(milliseconds, work) {
  let timer = null, last = -Infinity;
  const call = () => {
    if (timer !== null) return;
    timer = setTimeout(() => { timer = null; last = performance.now(); work(); }, Math.max(0, last + milliseconds - performance.now()));
  };
  call.cancel = () => { clearTimeout(timer); timer = null; };
  return call;
}

export function loading(text) {
  return el(
    "div",
    { class: "loading", role: "status", "data-test": "loading" },
    el("span", { class: "spinner", "aria-hidden": "true" }),
    text,
  );
}

/// Opens a modal dialog; answers what `finish(value)` was called with, or null when it was dismissed.
export function openDialog(title, build) {
  return new Promise(resolve => {
    let answer = null;
    const dialog = el("dialog", { "aria-label": title, "data-test": "dialog", onclose: () => { dialog.remove(); resolve(answer); } });
    const finish = value => { answer = value; dialog.close(); };
    dialog.append(el("h2", { text: title }), ...build(finish));
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function confirmDialog(title, text, action) {
  return openDialog(title, finish => [
    el("p", { text }),
    el(
      "div",
      { class: "row end" },
      button("Cancel", "cancel", () => finish(false)),
      button(action, "confirm", () => finish(true), { class: "danger" }),
    ),
  ]);
}
