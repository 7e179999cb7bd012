// Opens the page that the address names, and keeps one experiment and its live feed open while the pages below it change.

import { ApiError, experimentPath, get, takeToken } from "./api.js";
import { el, loading, notify, setText } from "./dom.js";
import { ExperimentPage } from "./experiment.js";
import { ListPage } from "./list.js";
import { LiveFeed } from "./live.js";
import { Selection } from "./selection.js";
import { Experiment } from "./state.js";
import { startTheme } from "./theme.js";
import { TrialPage } from "./trial.js";

const CONNECTION_TEXTS = { connecting: "connecting", live: "live", lost: "connection lost, trying again" };
const RETRY_DELAY = 2000;

const place = document.getElementById("page");
let me = null, session = null, page = null, visit = 0;

function setConnection(state) {
  const node = document.getElementById("connection");
  node.dataset.state = state;
  setText(node, CONNECTION_TEXTS[state]);
}

/// `#/e/NAME/t/N?tab=…` → {name, trial, tab}
function parseRoute(hash) {
  const [path, query] = hash.replace(/^#/, "").split("?");
  const parts = path.split("/").filter(Boolean), tab = new URLSearchParams(query).get("tab");
  try {
    if (parts[0] === "e" && parts[1]) return { name: decodeURIComponent(parts[1]), trial: parts[2] === "t" ? Number(parts[3]) : null, tab };
  } catch {
    return { name: null };
  }
  return { name: null };
}

async function openRoute() {
  const route = parseRoute(location.hash), mine = ++visit;
  showCrumbs(route);
  document.title = [route.trial && `Trial ${route.trial}`, route.name, "Attune"].filter(Boolean).join(" – ");
  if (route.name === null || route.name !== session?.experiment.name) closeSession();
  closePage();
  try {
    me ??= await get("/me");
    setText(document.getElementById("user"), `${me.user} (${me.role})`);
    if (route.name !== null && !session) {
      setConnection("connecting");
      place.replaceChildren(loading(`Loading ${route.name}`));
      const snapshot = await get(experimentPath(route.name));
      if (mine !== visit) return;
      openSession(snapshot);
    }
    if (mine === visit) showPage(makePage(route));
  } catch (error) {
    if (mine === visit) showProblem(error);
  }
}

function makePage({ name, trial, tab }) {
  if (name === null) return new ListPage({ setConnection });
  if (trial === null) return new ExperimentPage({ ...session, me, tab });
  if (!(trial >= 1 && trial <= session.experiment.count)) throw new ApiError(
    `${name} has no trial ${trial}; it has ${session.experiment.count}.`,
    404,
  );
  return new TrialPage({ ...session, me, trial });
}

function showPage(made) {
  page = made;
  place.replaceChildren(page.node);
  page.opened?.();
  scrollTo(0, 0);
}

function closePage() {
  page?.destroy();
  page = null;
}

function openSession(snapshot) {
  const experiment = new Experiment(snapshot);
  session = { experiment, selection: new Selection(experiment) };
  follow(session);
}

function follow(opened) {
  const { experiment } = opened;
  opened.feed = new LiveFeed(
    experiment.name,
    experiment.cursor,
    { onNews: batch => experiment.take(batch), onReset: () => reloadSnapshot(opened), onState: setConnection },
  );
  opened.feed.run();
}

/// The server forgot what lay after our cursor: the same experiment, loaded again in place.
async function reloadSnapshot(opened) {
  setConnection("connecting");
  try {
    const snapshot = await get(experimentPath(opened.experiment.name));
    if (opened !== session) return;
    opened.experiment.load(snapshot);
    opened.experiment.details.clear();
    opened.experiment.emit({ rows: new Set(), reports: [], changes: [], isReset: true });
    follow(opened);
  } catch {
    if (opened !== session) return;
    setConnection("lost");
    setTimeout(() => { if (opened === session) reloadSnapshot(opened); }, RETRY_DELAY);
  }
}

function closeSession() {
  session?.feed.stop();
  session = null;
}

/// Nothing can be shown yet; what only the connection prevented is tried again.
function showProblem(error) {
  console.debug("attune:", error);
  place.replaceChildren(el("p", { class: "problem page", role: "alert", "data-test": "problem", text: error.message }));
  if (!(error instanceof ApiError)) return notify(error.message, "error");
  setConnection(error.status === 0 ? "lost" : "live");
  const mine = visit;
  if (error.status === 0) setTimeout(() => { if (mine === visit) openRoute(); }, RETRY_DELAY);
}

function showCrumbs({ name, trial }) {
  const crumbs = [el("a", { href: "#/", text: "Experiments" })];
  if (name !== null) crumbs.push(el("a", { href: `#/e/${encodeURIComponent(name)}`, text: name }));
  if (trial) crumbs.push(el("a", { href: `#/e/${encodeURIComponent(name)}/t/${trial}`, text: `Trial ${trial}` }));
  crumbs.at(-1).setAttribute("aria-current", "page");
  document.getElementById("crumbs").replaceChildren(...crumbs);
}

takeToken();
startTheme(document.getElementById("theme"));
document.getElementById("skip").addEventListener("click", event => { event.preventDefault(); place.focus(); });
addEventListener("hashchange", () => {
  if (location.hash.startsWith("#token=")) { takeToken(); me = null; }
  openRoute();
});
openRoute();
