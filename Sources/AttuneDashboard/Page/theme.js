// Light, dark, or as the system says. Charts are told, because a canvas does not follow style sheets.

import { setText } from "./dom.js";

const KEY = "attune-theme", ORDER = ["system", "light", "dark"];
const darkness = matchMedia("(prefers-color-scheme: dark)");

export function startTheme(button) {
  let theme = ORDER.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : "system";
  const apply = () => {
    document.documentElement.dataset.shade = theme === "system" ? darkness.matches ? "dark" : "light" : theme;
    setText(button, `Theme: ${theme}`);
    document.dispatchEvent(new CustomEvent("attune-theme"));
  };
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    localStorage.setItem(KEY, theme);
    apply();
  });
  darkness.addEventListener("change", apply);
  apply();
}
