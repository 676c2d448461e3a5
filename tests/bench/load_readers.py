"""Readers of the pages, each a thread of this one process: what a page costs as they feel it.

``python -m tests.bench.load_readers URL`` reads on standard input what there is to read, works for
the seconds that it says, and answers with every sample. It imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from html import unescape
from http.client import HTTPConnection, HTTPException
from threading import Barrier, Thread
from time import monotonic, perf_counter, sleep
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

PATIENCE = 30
"""Seconds after which a reader gives a page up; it counts as a failure."""
THINK = (1.0, 3.0)
"""How long a reader looks at a page before the next."""
LAST = 10**9
"""A page so far that the answer is the last one."""
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')

Sample = tuple[str, float, int]


class Browser:
    """One reader's connection, kept alive as browsers do, and its cookie."""

    def __init__(self, url: str) -> None:
        self._where = urlsplit(url).netloc
        self._line = HTTPConnection(self._where, timeout=PATIENCE)
        self._cookie = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """One request and its answer; redirects are the caller's."""
        headers = {"Cookie": self._cookie} if self._cookie else {}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://{self._where}{path}"
            body = urlencode(form)
        for attempt in (1, 2):
            try:
                self._line.request(method, path, body, headers)
                answer = self._line.getresponse()
                text = answer.read().decode()
                break
            except TimeoutError:
                self._line.close()
                return 0, ""
            except (HTTPException, OSError):
                # The server closes a line that was silent too long, as the next request is sent.
                self._line.close()
                if attempt == 2:
                    return 0, ""
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("casesys="):
                self._cookie = value.partition(";")[0]
        return answer.status, text

    def sign_in(self, login: str, password: str) -> None:
        _, page = self.ask("GET", "/sign-in")
        form = {**hidden(page), "login": login, "password": password}
        status, _ = self.ask("POST", "/sign-in", form)
        if status != 303:
            raise SystemExit(f"{login} could not sign in: {status}")


def hidden(page: str) -> dict[str, str]:
    """What the forms of a page carry hidden."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def errands(chance: random.Random, office: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a reader asks next, without end: a kind and a path; a command is the form of one."""
    numbers, texts = office["numbers"], office["texts"]

    def worklist(view: str, **more: Any) -> str:
        return "/?" + urlencode({"view": view, **more})

    conditions: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("filter town", lambda: {"town": chance.choice(office["towns"])}),
        ("filter unit", lambda: {"unit": chance.choice(office["units"])}),
        ("filter category", lambda: {"category": chance.choice(("penalty", "judgment"))}),
        ("filter stage", lambda: {"stage": chance.choice(office["stages"])}),
        ("filter days", lambda: {"due_from": "2021-01-01", "due_to": "2027-12-31"}),
        ("filter text", lambda: {"q": chance.choice(texts)}),
        (
            "filter two",
            lambda: {"category": "penalty", "town": chance.choice(office["towns"])},
        ),
    ]
    sorts = ("-due", "name", "unit", "-records", "stage", "number")
    while True:
        roll = chance.random()
        if roll < 0.30:
            view = chance.choice(office["views"])
            last = chance.random() < 0.5
            yield (
                f"worklist {view} {'last' if last else 'first'}",
                worklist(view, **({"page": LAST} if last else {})),
            )
        elif roll < 0.50:
            kind, make = chance.choice(conditions)
            last = chance.random() < 0.5
            more = {"page": LAST} if last else {}
            yield f"{kind} {'last' if last else 'first'}", worklist("open", **make(), **more)
        elif roll < 0.56:
            sort = chance.choice(sorts)
            more = {"page": LAST} if chance.random() < 0.5 else {}
            yield "worklist sorted", worklist("open", sort=sort, **more)
        elif roll < 0.61:
            more = {"page": LAST} if chance.random() < 0.5 else {}
            yield "ledger", "/cases?" + urlencode({"view": "all", **more})
        elif roll < 0.66:
            yield "search", "/search?" + urlencode({"q": chance.choice(texts)})
        elif roll < 0.80:
            yield "case page", f"/cases/{quote(chance.choice(numbers))}"
        elif roll < 0.86:
            yield "page of the long case", f"/cases/{quote(office['long'])}"
        elif roll < 0.88:
            yield "figures", "/figures"
        else:
            yield "command", f"/cases/{quote(chance.choice(numbers))}/do/add_note"


def read(url: str, place: int, office: dict[str, Any], start: Barrier, kept: list[Sample]) -> None:
    """One reader: signs in, waits for all, and reads until the time is over."""
    chance = random.Random(office["seed"] * 1000 + place)
    browser = Browser(url)
    login = office["logins"][place % len(office["logins"])]
    browser.sign_in(login, office["password"])
    start.wait()
    begun = monotonic()
    sleep(chance.uniform(0, THINK[1]))
    for kind, path in errands(chance, office):
        if kind in office["without"]:
            continue
        now = monotonic() - begun
        if now > office["warm"] + office["seconds"]:
            return
        samples = list(_one(browser, kind, path))
        if now > office["warm"]:
            kept += samples
        sleep(chance.uniform(*THINK))


def _one(browser: Browser, kind: str, path: str) -> Iterator[Sample]:
    asked = perf_counter()
    status, page = browser.ask("GET", path)
    took = perf_counter() - asked
    if kind != "command":
        yield kind, took, status
        return
    yield "form of a command", took, status
    form = {**hidden(page), "note": "企业来电，约定下周再谈", "occurred_at": ""}
    asked = perf_counter()
    status, _ = browser.ask("POST", path, form)
    yield kind, perf_counter() - asked, status


def main(url: str) -> None:
    office = json.load(sys.stdin)
    kept: list[list[Sample]] = [[] for _ in range(office["readers"])]
    start = Barrier(office["readers"] + 1)
    threads = [
        Thread(target=read, args=(url, place, office, start, mine), daemon=True)
        for place, mine in enumerate(kept)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    # All are signed in: from here on the server's processor time counts.
    sleep(office["warm"])
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    own, clock = os.times(), perf_counter()
    for thread in threads:
        thread.join()
    now = os.times()
    spent = now.user - own.user + now.system - own.system
    answer = {
        "samples": [sample for mine in kept for sample in mine],
        "seconds": perf_counter() - clock,
        "processor": spent,
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
