"""The pages keep the strict policy: nothing inline, and nothing from elsewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from jinja2.defaults import DEFAULT_NAMESPACE

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SHEET = (WEB / "static" / "casesys.css").read_text("utf-8")

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


def test_bootstrap_s_own_pictures_are_replaced_where_its_controls_are_used() -> None:
    replaced = re.findall(r"^(\.[^{]+?) \{[^}]*background-image:", SHEET, re.MULTILINE)
    assert {".form-select", ".form-check-input:checked[type=checkbox]"} <= set(replaced)
    assert ".form-check-input[type=radio], .form-check-input:checked[type=radio]" in replaced


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
