"""The pages keep the strict policy: nothing inline, and nothing from elsewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import flask_bootstrap
from jinja2.defaults import DEFAULT_NAMESPACE

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SHEET = (WEB / "static" / "casesys.css").read_text("utf-8")
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/css/bootstrap.min.css"
WORD = re.compile(r"[A-Za-z][\w-]*")

INLINE = re.compile(
    r"\sstyle=|\son[a-z]+=|<style\b|<script(?![^>]*\bsrc=)|javascript:|data:|https?://",
    re.IGNORECASE,
)


EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def faults(text: str) -> list[str]:
    """What a browser would be told; an argument inside an expression is no attribute."""
    return INLINE.findall(EXPRESSION.sub("…", text))


def test_no_page_holds_an_inline_style_a_script_or_an_outside_address() -> None:
    assert TEMPLATES
    for template in TEMPLATES:
        assert faults(template.read_text("utf-8")) == [], template.name


def test_the_search_for_faults_finds_them() -> None:
    for planted in (
        '<p style="color: red">',
        '<a onclick="go()">',
        "<script>go()</script>",
        '<img src="data:image/png;base64,AA">',
        '<link href="https://elsewhere.example/x.css">',
    ):
        assert faults(planted), planted
    assert faults('<script src="/static/casesys.js" defer></script>') == []


def test_the_stylesheet_asks_for_nothing_but_our_own_icons() -> None:
    asked = re.findall(r'url\("?([^")]+)"?\)', SHEET)
    assert set(asked) == {"icons/caret.svg", "icons/tick.svg", "icons/dash.svg"}
    assert all((WEB / "static" / path).is_file() for path in asked)


# A part of a rule before its braces, or of a list of such parts: `.form-control.is-valid`.
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def drawn_by_bootstrap(words: set[str]) -> list[str]:
    """What Bootstrap's stylesheet draws from a data: address for elements with these classes."""
    return [
        selector
        for selectors, declared in RULE.findall(BOOTSTRAP.read_text("utf-8"))
        if "data:" in declared
        for selector in selectors.split(",")
        # What a state or another attribute asks for besides may come to be.
        if words.issuperset(re.findall(r"\.([A-Za-z][\w-]*)", selector))
    ]


def test_no_class_of_ours_is_one_that_bootstrap_draws_from_a_data_address() -> None:
    """Such a picture is asked for, and refused, wherever our own sheet comes a moment later."""
    places = [*TEMPLATES, WEB / "static" / "casesys.js", *WEB.rglob("*.py")]
    words = {word for place in places for word in WORD.findall(place.read_text("utf-8"))}
    assert {"form-control", "select", "tick"} <= words
    assert drawn_by_bootstrap(words) == []


def test_a_class_that_bootstrap_draws_from_a_data_address_is_found() -> None:
    assert drawn_by_bootstrap({"form-control", "select", "tick"}) == []
    for planted in ("form-select", "form-check-input", "btn-close", "accordion"):
        assert drawn_by_bootstrap({"form-control", planted}), planted
    assert drawn_by_bootstrap({"form-control", "is-invalid"}) == [".form-control.is-invalid"]


def test_every_drawing_a_template_asks_for_is_in_the_sprite() -> None:
    sprite = (WEB / "templates" / "_macros" / "sprite.html").read_text("utf-8")
    drawn = set(re.findall(r'id="i-([a-z]+)"', sprite))
    asked = {
        name
        for template in TEMPLATES
        for name in re.findall(r'icon\("([a-z]+)"\)', template.read_text("utf-8"))
    }
    assert asked
    assert asked <= drawn


def hidden_names(source: str) -> set[str]:
    """What a view hands to its page under a name that every template has a meaning for."""
    calls = [
        call
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "render_template"
    ]
    given = {word.arg for call in calls for word in call.keywords if word.arg is not None}
    return given & set(DEFAULT_NAMESPACE)


def test_no_view_hides_a_word_of_the_templates() -> None:
    assert hidden_names('render_template("a.html", range=(1, 2), rows=[])') == {"range"}
    for module in sorted(WEB.glob("*.py")):
        assert hidden_names(module.read_text("utf-8")) == set(), module.name
