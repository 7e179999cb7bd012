"""The dashboard's page in a real browser, on a real experiment that runs: what is shown, what is changed, and what a new server means to an open page."""

import shutil

import pytest
from bench import ATTUNE, ROOT, Bench

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PICTURES = ROOT / ".build" / "test-results" / "dashboard"
SECONDS = 1000 * 60  # what a browser waits for, at most

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: Scripts/browser.sh")
pytestmark = [
    pytest.mark.skipif(not ATTUNE.exists(), reason=f"{ATTUNE} is not built"),
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium: Scripts/browser.sh"),
    pytest.mark.skipif(not (ROOT / "Sources/AttuneDashboard/Page/vendor/uPlot.min.css").exists(), reason="no charts: make page"),
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("dashboard"))
    yield bench
    bench.end()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(bench, browser):
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(SECONDS)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(bench.serve())
    return page


def picture(page, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)


def test(name):
    return f'[data-test="{name}"]'


test.__test__ = False


def is_live(page):
    page.wait_for_selector('[data-test="connection"][data-state="live"]')


def test_the_list_shows_the_experiment(page):
    page.wait_for_selector(test("experiment-row"))
    assert "live" in page.inner_text(test("experiments"))
    assert "token" not in page.url, "the secret is taken out of the address"
    picture(page, "experiments")


def open_tab(page, name):
    page.click(test(f"tab-{name}"))


def steps_of_the_first_trial(page):
    """In the table, which is to be open."""
    return int(page.locator(test("trial-row")).first.inner_text().split()[3])


def wait_for_more_steps(page, than):
    script = """[than, row] => { const cells = document.querySelector(row).innerText.split(/\\s+/).filter(Boolean); return Number(cells[3]) > than; }"""
    page.wait_for_function(script.replace("[than, row] =>", "([than, row]) =>"), arg=[than, test("trial-row")])


def test_the_experiment_is_shown_as_it_runs(page):
    page.click(test("experiment-link"))
    is_live(page)
    for tab, what in (("history", "history-chart"), ("metrics", "metric-chart"), ("parallel", "parallel-canvas"), ("live", "variable"), ("trials", "trial-row")):
        open_tab(page, tab)
        page.wait_for_selector(test(what))
        picture(page, tab)
    wait_for_more_steps(page, steps_of_the_first_trial(page))


def test_a_name_is_text(page):
    open_tab(page, "metrics")
    assert "onerror" in page.inner_text(test("metric"))
    page.select_option(test("metric"), index=1)
    page.wait_for_selector(test("legend-item"))
    assert page.evaluate("() => window.broken") is None and page.locator("img").count() == 0
    picture(page, "not-a-number")
    page.select_option(test("metric"), index=0)


def test_a_filter_is_kept_or_explained(page):
    open_tab(page, "trials")
    page.fill(test("filter"), "trial == 2")
    page.wait_for_function("row => document.querySelectorAll(row).length == 1", arg=test("trial-row") + ":not([hidden])")
    page.fill(test("filter"), "trial == ")
    page.wait_for_function("error => document.querySelector(error).innerText.trim() != ''", arg=test("filter-error"))
    page.click(test("filter-clear"))
    page.wait_for_function("row => document.querySelectorAll(row).length > 1", arg=test("trial-row") + ":not([hidden])")


def test_a_change_is_staged_applied_and_marked(page):
    """By the page's own controls: staged first, sent with a reason, and shown when it has taken effect."""
    open_tab(page, "live")
    variable = page.locator(test("variable")).filter(has_text="rate")
    number = variable.locator('input[type="number"]')
    number.fill("0.25")
    number.press("Enter")
    page.wait_for_function("staged => document.querySelector(staged).innerText.includes('0.25')", arg=test("staged"))
    page.fill(test("reason"), "by the browser")
    page.click(test("apply"))
    page.wait_for_function("status => document.querySelector(status).innerText.includes('Applied')", arg=test("apply-status"))
    picture(page, "changed")


def test_a_trial_shows_its_changes_and_output(page):
    open_tab(page, "trials")
    page.locator(test("row-link")).first.click()
    page.wait_for_selector(test("trial-state"))
    page.wait_for_selector(test("trial-chart"))
    page.wait_for_function("() => document.body.innerText.includes('by the browser')")
    picture(page, "trial")
    page.go_back()
    page.wait_for_selector(test("counts"))


def test_a_killed_server_is_found_again(page, bench):
    open_tab(page, "trials")
    bench.kill_server()
    page.wait_for_function("connection => document.querySelector(connection).dataset.state != 'live'", arg=test("connection"))
    picture(page, "lost")
    before = steps_of_the_first_trial(page)
    bench.serve()
    is_live(page)
    wait_for_more_steps(page, before)


def test_a_small_screen_holds_everything(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for tab in ("metrics", "live", "trials"):
        open_tab(page, tab)
        picture(page, f"small-{tab}")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390, tab
    page.set_viewport_size({"width": 1280, "height": 900})


def test_nothing_went_wrong_in_the_page(page):
    assert page.problems == []
