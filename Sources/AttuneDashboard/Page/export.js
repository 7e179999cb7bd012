// Takes what a chart shows out of the page: as a picture, and as a table.

import { button } from "./dom.js";

/// - chart: has title, canvas() and source.csv() → rows of cells, the first one the names.
export function exportButtons(chart, test) {
  const file = extension => `${chart.title.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.${extension}`;
  return [
    button(
      "PNG",
      `${test}-png`,
      () => savePicture(chart.canvas(), file("png")),
      { class: "quiet", "aria-label": `Save ${chart.title} as a picture` },
    ),
    button(
      "CSV",
      `${test}-csv`,
      () => save(new Blob([toCSV(chart.source.csv())], { type: "text/csv" }), file("csv")),
      { class: "quiet", "aria-label": `Save the data of ${chart.title}` },
    ),
  ];
}

/// A chart's canvas is transparent; on its own it needs the page's background.
function savePicture(canvas, name) {
  if (!canvas) return;
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  const context = copy.getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--surface");
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob(blob => save(blob, name), "image/png");
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function toCSV(rows) {
  return rows.map(row => row.map(cellText).join(",")).join("\r\n") + "\r\n";
}

/// A text that begins like a formula would be run by a spreadsheet: a quote before it keeps it text.
function cellText(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isNaN(cell) ? "nan" : cell === Infinity ? "inf" : cell === -Infinity ? "-inf" : String(cell);
  const text = /^[=+\-@\t\r]/.test(String(cell)) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
