// Words and numbers as people read them.

export const STATES = { w: "waiting", r: "running", u: "suspended", c: "completed", s: "stopped", f: "failed" };

/// A metric's value on the wire: a number, or "nan", "inf", "-inf", which JSON has no numbers for.
export function toNumber(value) {
  if (typeof value === "number") return value;
  if (value === "inf") return Infinity;
  if (value === "-inf") return -Infinity;
  return NaN;
}

export function formatNumber(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return value.toExponential(2).replace(/\.?0*e\+?/, "e");
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

export function formatValue(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

export function formatTime(seconds) {
  if (!seconds) return "–";
  return new Date(seconds * 1000).toLocaleString(
    undefined,
    { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  );
}

export function formatDuration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 60) return `${formatNumber(Math.round(seconds * 10) / 10)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
}

export function describeValues(values) {
  return Object.entries(values ?? {}).map(([tag, value]) => `${tag} = ${formatValue(value)}`).join(", ");
}

export function describeChange(change) {
  const what = change.trigger ? `fired ${change.trigger}` : describeValues(change.values);
  const why = change.reason ? ` – ${change.reason}` : "";
  return `trial ${change.trial}, step ${change.step}: ${what} (by ${change.by ?? "?"})${why}`;
}

/// "running" of "running", "interrupted" of "interrupted while …": what a badge is coloured by.
export function firstWord(state) {
  return String(state).split(/[\s:,(]/)[0];
}
