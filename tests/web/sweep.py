"""What must hold on every page in a real browser, and what is found where it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request

from casesys.permits import Person
from tests.browser import window
from tests.web.helpers import signed_in_cookie

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # Every rule is tried; what holds is only counted, not described node by node.
    "resultTypes": ["violations"],
}
VIOLATIONS = f"""axe.run({json.dumps(WCAG)}).then((found) => found.violations.map(
  (one) => [one.id, one.nodes.map((node) => String(node.target))]
))"""
MOST_BYTES = 150 * 1024
MOST_STOPS = 600
HAN = re.compile(r"[\u4e00-\u9fff]")

LISTEN = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refusedByPolicy.push(event.violatedDirective + " " + event.blockedURI);
});
"""
SHAPE = """() => {
  const shown = (e) => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  const words = (e) => e.innerText.trim();
  const own = "label, legend, th[scope=col], button, summary, h2, nav.places a, nav.tabs a";
  const foreign = (e) => e.closest("[lang]") !== document.documentElement;
  // A name that is left in its own language says so itself, within a heading as anywhere.
  const ours = (e) => [...e.querySelectorAll("[lang]")].reduce(
    (said, name) => said.replace(name.innerText, ""), words(e)
  );
  return {
    lang: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll("h1")].filter(shown).length,
    filled: [...document.querySelectorAll("main .btn-primary")].filter(shown).map(words),
    wide: document.documentElement.scrollWidth,
    words: [...document.querySelectorAll(own)].filter((e) => shown(e) && !foreign(e)).map(ours),
    small: [...document.querySelectorAll("button, .btn, select, input:not([type=hidden])")]
      .filter((e) => shown(e) && !e.closest(".visually-hidden, .visually-hidden-focusable"))
      .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
      .filter(([, box]) => box.height < 24 && box.height > 1).map(([what]) => what),
  };
}"""
REACHABLE = """() => {
  const shown = (e) => e.checkVisibility({checkOpacity: false, checkVisibilityCSS: true});
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const seen = new Set();
  let n = 0;
  for (const e of document.querySelectorAll(all)) {
    if (e.type === "hidden" || e.disabled || !shown(e)) continue;
    if (e.type === "radio") {
      const group = (e.form ? [...document.forms].indexOf(e.form) : "") + e.name;
      if (seen.has(group)) continue;
      seen.add(group);
    }
    e.dataset.stop = ++n;
  }
  return n;
}"""
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const box = e.getClientRects()[0] || e.getBoundingClientRect();
  const style = getComputedStyle(e);
  const group = e.type === "radio" &&
    document.querySelector(`input[type=radio][data-stop][name="${CSS.escape(e.name)}"]`);
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const label = e.labels && e.labels.length ? e.labels[0] : e;
  return {
    stop: e.dataset.stop || (group && group.dataset.stop) || "",
    what: e.outerHTML.slice(0, 90),
    ring: style.outlineStyle === "auto" || style.boxShadow !== "none" ||
      (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    under: top ? top.outerHTML.slice(0, 60) : "outside the window",
    clear: !!top && (e.contains(top) || top.contains(e) || label.contains(top)),
  };
}"""


class Look(NamedTuple):
    """How a reader looks at the pages."""

    language: str
    width: int
    height: int = 900
    scripts: bool = True
    more: str = ""


WIDE_CHINESE = Look("zh", 1440)
NARROW_ENGLISH = Look("en", 390, 844)


def violations(page: Page) -> list[str]:
    """The rules of WCAG that axe finds broken on the page as it stands, each with where."""
    # In this way the browser compiles the script once, not for every page anew.
    protocol = page.context.new_cdp_session(page)
    protocol.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    protocol.detach()
    return [f"{rule}: {'; '.join(places[:3])}" for rule, places in page.evaluate(VIOLATIONS)]


class Visit:
    """One page opened once, by one person, in a window that saw nothing before."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        page.add_init_script(LISTEN)
        # A page that glides to what has the focus is not there yet when it is asked.
        page.emulate_media(reduced_motion="reduce")
        page.on("request", self._ask)
        page.on("console", lambda m: self.told.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda fault: self.told.append(str(fault)))
        self._protocol = page.context.new_cdp_session(page)
        self._protocol.send("Network.enable")
        self._protocol.on("Network.responseReceived", self._receive)
        self._protocol.on("Network.loadingFinished", self._weigh)
        self._forget()

    def _forget(self) -> None:
        self.asked: list[str] = []
        self.told: list[str] = []
        self.bytes = 0
        self._pictures: set[str] = set()

    def begin_anew(self, base: str) -> None:
        """Make the window as it was when it saw nothing: no page, nothing kept, nothing fetched."""
        self.page.goto("about:blank")
        self.page.mouse.move(-1, -1)
        self.page.context.clear_cookies()
        for origin in (self.base, base):
            everything = {"origin": origin, "storageTypes": "all"}
            self._protocol.send("Storage.clearDataForOrigin", everything)
        self._protocol.send("Network.clearBrowserCache")
        self.base = base
        self._forget()

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)

    def _receive(self, event: dict[str, Any]) -> None:
        if event["type"] == "Image":
            self._pictures.add(event["requestId"])

    def _weigh(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._pictures:
            self.bytes += int(event["encodedDataLength"])

    def open(self, path: str) -> int:
        answer = self.page.goto(self.base + path, wait_until="load")
        assert answer is not None, path
        return answer.status

    # -- what may be wrong ------------------------------------------------------------------

    def faults(self, look: Look) -> list[str]:
        """Everything that must not be, on the page as it stands."""
        shape = self.page.evaluate(SHAPE)
        return [*self._on_the_line(), *_of_shape(shape, look), *self._of_access()]

    def _on_the_line(self) -> Iterator[str]:
        for url in self.asked:
            if not url.startswith(self.base):
                yield f"asks elsewhere: {url}"
        for directive in self.page.evaluate("window.refusedByPolicy"):
            yield f"against the policy: {directive}"
        for words in self.told:
            if "Failed to load resource" not in words:
                yield f"the browser complains: {words}"
        if self.bytes > MOST_BYTES:
            yield f"weighs {self.bytes} bytes"

    def _of_access(self) -> Iterator[str]:
        for violation in violations(self.page):
            yield f"axe {violation}"

    def faults_of_keyboard(self) -> list[str]:
        """What cannot be reached with Tab alone, or is reached without being seen."""
        wanted = {str(n + 1) for n in range(self.page.evaluate(REACHABLE))}
        self.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
        found: list[str] = []
        reached: set[str] = set()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(FOCUSED)
            if here is None:
                break
            if here["stop"] in reached and wanted <= reached:
                break
            # Within a field for days the browser itself shows which part is meant.
            again = here["stop"] in reached
            reached.add(here["stop"])
            if not here["ring"] and not again:
                found.append(f"no focus to be seen: {here['what']}")
            if not here["clear"]:
                found.append(f"focus under something: {here['what']} under {here['under']}")
        for stop in sorted(wanted - reached, key=int):
            what = self.page.locator(f"[data-stop='{stop}']").evaluate("e => e.outerHTML")
            found.append(f"not reached with Tab: {what[:90]}")
        return list(dict.fromkeys(found))


def _of_shape(shape: dict[str, Any], look: Look) -> Iterator[str]:
    if not shape["lang"].startswith(look.language):
        yield f"in another language: {shape['lang']}"
    if not shape["title"].strip() or shape["headings"] != 1:
        yield f"{shape['headings']} headings of the first order under “{shape['title']}”"
    if len(shape["filled"]) > 1:
        yield f"more than one filled button: {shape['filled']}"
    if shape["wide"] > look.width:
        yield f"{shape['wide']} px wide"
    for what in shape["small"]:
        yield f"lower than 24 px: {what}"
    if look.language == "en":
        for words in shape["words"]:
            if HAN.search(words):
                yield f"not in English: {words[:60]}"


@contextmanager
def visiting(
    browser: Browser, app: Flask, base: str, person: Person | None, look: Look
) -> Iterator[Visit]:
    """A fresh window of a person who is signed in, or of a stranger."""
    with window(browser, scripts=look.scripts, width=look.width, height=look.height) as context:
        equip(context, app, base, person, look.language, look.more)
        yield Visit(context.new_page(), base)


class Windows:
    """A window of each size that stays open, for visits that ask much of many pages.

    To open one costs more than to look at the page in it.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[tuple[int, int, bool], Visit] = {}
        self._stack = ExitStack()

    @contextmanager
    def visiting(self, app: Flask, base: str, person: Person | None, look: Look) -> Iterator[Visit]:
        """The window of this size as if it were new, for a person or for a stranger."""
        size = (look.width, look.height, look.scripts)
        seen = self._open.get(size)
        if seen is None:
            width, height, scripts = size
            sized = window(self._browser, scripts=scripts, width=width, height=height)
            page = self._stack.enter_context(sized).new_page()
            seen = self._open[size] = Visit(page, base)
        seen.begin_anew(base)
        equip(seen.page.context, app, base, person, look.language, look.more)
        yield seen

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def windows(chromium: Browser) -> Iterator[Windows]:
    opened = Windows(chromium)
    yield opened
    opened.close()


def equip(
    context: BrowserContext, app: Flask, base: str, person: Person | None, *preferred: str
) -> None:
    """Give a window the session of this person, and how they like the pages."""
    value = ".".join(filter(None, preferred))
    context.add_cookies([{"name": "casesys_preferences", "value": value, "url": base}])
    if person is not None:
        name, value = signed_in_cookie(app, person)
        context.add_cookies([{"name": name, "value": value, "url": base}])
