"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, TypeGuard

import pytest

from casesys import fields, words
from casesys.command import Command
from casesys.commands import COMMANDS
from casesys.permits import PERMITS, NotPermitted, Permit
from casesys.registry import KINDS
from domain import vocabulary
from domain.decisions import closing, contact, erasing, governance, handling, listing, repair
from domain.refusals import NumberUsedElsewhere

HOUSE = Path(__file__).parent.parent
ROOMS = ("domain", "projections", "casesys", "web")
LONGEST_MODULE = 400
DECISIONS = (listing, handling, contact, governance, repair, closing, erasing)

REGISTER_ONLY = frozenset({"reference"})
"""What a register of past work says and nobody at the counter types: the register's own ids."""

NO_COMMANDS = frozenset({"open_case", "list_subject", "correct_entry", "know_removal"})
"""Decisions that other doors take: a part of listing an enterprise (two), of a correction, and
what only a register of past work may say."""

CODED_BY_INSTANCE = frozenset({"EvidenceRefused"})
"""Refusals whose code is given where they are raised, because one class can say many things."""

MODULES = sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}


def house_name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


# -- modules ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=house_name)
def test_a_module_opens_with_one_sentence(path: Path) -> None:
    if not path.read_text("utf-8").strip():
        pytest.skip("an empty package file")
    opening = (ast.get_docstring(TREES[path]) or "").split("\n\n")[0]
    assert opening, "no docstring"
    assert opening.rstrip()[-1] in ".?"
    assert "\n" not in opening


@pytest.mark.parametrize("path", MODULES, ids=house_name)
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_domain_asks_nobody_outside_but_three() -> None:
    allowed = {"domain", "stdnum", *sys.stdlib_module_names}
    strangers = {
        (house_name(path), name)
        for path, tree in TREES.items()
        if path.is_relative_to(HOUSE / "domain")
        for name in imported(tree)
        if name.split(".")[0] not in allowed and name != "eventsourcing.domain"
    }
    assert strangers == set()


def test_our_four_rooms_are_ours_alone() -> None:
    """No other installed distribution brings a package under one of our general names."""
    owners = metadata.packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ())) <= {"casesys"}
        assert Path(str(import_module(room).__file__)).is_relative_to(HOUSE)
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(packed) == sorted(ROOMS)


# -- events -----------------------------------------------------------------------------------


def test_every_event_has_a_topic_of_its_own() -> None:
    assert all("TOPIC" in vars(kind.event) for kind in KINDS.values())
    assert len({kind.topic for kind in KINDS.values()}) == len(KINDS)
    for kind in KINDS.values():
        assert kind.topic.startswith(f"{kind.aggregate.TOPIC}."), kind.topic  # type: ignore[attr-defined]


def test_every_event_says_in_one_sentence_what_happened() -> None:
    def is_sentence(text: str | None) -> bool:
        return bool(re.fullmatch(r"[A-Z][^\n.]*(\n[^\n]+)*\.", inspect.cleandoc(text or "")))

    assert [kind.topic for kind in KINDS.values() if not is_sentence(kind.event.__doc__)] == []


# -- commands ---------------------------------------------------------------------------------

EACH_COMMAND = pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda c: c.name)


def asked(decision: Any) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(decision).parameters
    return {
        name: parameter
        for name, parameter in parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and name not in REGISTER_ONLY
    }


@EACH_COMMAND
def test_a_command_has_a_permit_that_someone_holds(command: Command) -> None:
    assert isinstance(command.permit, Permit)
    assert any(command.permit in held for held in PERMITS.values())


@EACH_COMMAND
def test_a_command_asks_what_its_decision_takes(command: Command) -> None:
    taken = asked(command.decision)
    assert set(command.fields) == set(taken)
    optional = {name for name, spec in command.fields.items() if not spec.required}
    without = [n for n in optional if taken[n].default is inspect.Parameter.empty]
    assert without == [], "a field may be left out that the decision cannot do without"


@EACH_COMMAND
def test_a_command_seals_what_its_decision_takes_sealed(command: Command) -> None:
    taken = {
        name for name, parameter in asked(command.decision).items() if "Sealed" in str(parameter)
    }
    assert {name for name, spec in command.fields.items() if spec.sealed} == taken


@EACH_COMMAND
def test_a_command_has_its_words_in_both_languages(command: Command) -> None:
    for language in words.LANGUAGES:
        assert words.say(f"command.{command.name}", language)
        assert words.say(f"command.{command.name}.done", language)
        for spec in command.fields.values():
            assert spec.label(language), spec.name
            assert bool(spec.hint("zh")) == bool(spec.hint("en")), spec.name
            assert not set("!！") & set(spec.label(language) + spec.hint(language))


def test_every_decision_on_a_case_is_a_command() -> None:
    decisions = {
        name
        for module in DECISIONS
        for name, found in vars(module).items()
        if inspect.isfunction(found)
        and found.__module__ == module.__name__
        and "desk" in inspect.signature(found).parameters
        and inspect.signature(found).return_annotation in ("None", "GovernanceCase")
    }
    assert decisions >= NO_COMMANDS
    assert decisions - NO_COMMANDS <= set(COMMANDS)


def test_who_confirms_holds_another_permit_than_who_proposes() -> None:
    confirming = {name for name in COMMANDS if name.startswith("confirm_")} | {"send_back"}
    assert {n for n, c in COMMANDS.items() if c.permit is Permit.APPROVE} == confirming
    assert Permit.APPROVE not in PERMITS[vocabulary.Role.OFFICER]
    assert not {Permit.ADVANCE, Permit.APPROVE} & PERMITS["operator"]


# -- words ------------------------------------------------------------------------------------


@cache
def refusals() -> dict[str, str]:
    """The code of every kind of refusal in the house, found without importing anything."""
    classes = [node for tree in TREES.values() for node in ast.walk(tree) if is_class(node)]
    found = {"Refused"}
    while more := {c.name for c in classes if found & bases(c)} - found:
        found |= more
    return {name: snake(name) for name in found - CODED_BY_INSTANCE - {"Refused"}}


@cache
def classes_with_their_own_values() -> set[str]:
    """Refusals that take their values otherwise than by name; their sentences are tested there."""
    classes = [node for tree in TREES.values() for node in ast.walk(tree) if is_class(node)]
    own = {
        c.name
        for c in classes
        if c.name in refusals()
        and any(isinstance(part, ast.FunctionDef) and part.name == "__init__" for part in c.body)
    }
    while more := {c.name for c in classes if own & bases(c)} - own:
        own |= more
    return own


def is_class(node: ast.AST) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef)


def bases(node: ast.ClassDef) -> set[str]:
    return {base.id for base in node.bases if isinstance(base, ast.Name)}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def raised() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every place where a refusal is made: where, its code, the values it is given."""
    codes, otherwise = refusals(), classes_with_their_own_values()
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            name, given = node.func.id, frozenset(k.arg for k in node.keywords if k.arg)
            if name in CODED_BY_INSTANCE and node.args:
                code = node.args[0]
                assert isinstance(code, ast.Constant), f"{house_name(path)}:{node.lineno}"
                yield f"{house_name(path)}:{node.lineno}", str(code.value), given
            elif name in codes and name not in otherwise:
                yield f"{house_name(path)}:{node.lineno}", codes[name], given


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_refusal_has_a_sentence(language: str) -> None:
    known = words.codes(language)
    codes = set(refusals().values()) | {code for _, code, _ in raised()}
    assert len(codes) > 60
    assert {code for code in codes if f"refusal.{code}" not in known} == set()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_refusal_is_given_the_values_that_its_sentence_asks_for(language: str) -> None:
    wanting = [
        (place, code, asked_for - given)
        for place, code, given in raised()
        if (asked_for := words.placeholders(f"refusal.{code}", language)) - given
    ]
    assert wanting == []


def test_a_refusal_is_known_by_the_name_of_its_rule() -> None:
    assert refusals()["NumberUsedElsewhere"] == NumberUsedElsewhere.code
    assert refusals()["NotPermitted"] == NotPermitted.code


def closed_lists() -> list[type[StrEnum]]:
    return [
        found
        for found in vars(vocabulary).values()
        if inspect.isclass(found) and issubclass(found, StrEnum) and found is not StrEnum
    ]


def codes_of_fields() -> set[str]:
    source = Path(fields.__file__).read_text("utf-8")
    return set(re.findall(r'"(field\.[a-z_]+)"', source))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_choice_event_and_fault_has_its_words(language: str) -> None:
    wanted = {f"choice.{kind.__name__}.{one}" for kind in closed_lists() for one in kind}
    wanted |= {f"topic.{topic}" for topic in KINDS}
    wanted |= {f"permit.{permit}" for permit in Permit}
    wanted |= codes_of_fields()
    wanted |= {
        f"error.{name}"
        for name in ("stale_version", "command_id_reused", "stream_is_unknown", "store_is_busy")
    }
    assert wanted - words.codes(language) == set()


def test_both_languages_have_the_same_codes_and_ask_for_the_same_values() -> None:
    assert words.codes("zh") == words.codes("en")
    for code in words.codes("zh"):
        assert words.placeholders(code, "zh") == words.placeholders(code, "en"), code


def test_no_name_of_the_front_door_is_also_a_module() -> None:
    # Importing the module would put itself in the name's place, depending on who came first.
    modules = {path.stem for path in (HOUSE / "casesys").iterdir()}
    assert not modules & set(import_module("casesys").__all__)


# -- browser tests ----------------------------------------------------------------------------

BROWSERS = ("playwright", "tests.browser", "tests.web.sweep", "tests.web.test_case_journey")
READ_AT_ONCE = frozenset(
    {"all_inner_texts", "all_text_contents", "get_attribute", "inner_html", "inner_text"}
    | {"input_value", "is_checked", "is_disabled", "is_editable", "is_enabled", "is_hidden"}
    | {"is_visible", "text_content"}
)
"""What a page answers as it stands, be it the one that a test is just leaving."""
NEVER_PRESSED_SO = """
def test_a_case_is_taken(page: Page) -> None:
    page.click("button")
    assert page.locator("tr").count() == 1
    assert "taken" in page.locator("main").inner_text() and page.url.endswith("/")
    assert not page.is_visible("button")
    assert page.title() == ["taken", "taken"].count("taken")
    expect(page.locator("tr")).to_have_count(1)
"""


def read_at_once(tree: ast.Module) -> list[str]:
    """What assertions ask of a page that may not be there yet, where `expect` would wait."""
    return [
        f"{asked.lineno}: {ast.unparse(asked)}"
        for claim in ast.walk(tree)
        if isinstance(claim, ast.Assert)
        for asked in ast.walk(claim.test)
        if isinstance(asked, ast.expr) and is_read_at_once(asked)
    ]


def is_read_at_once(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "url" and ast.unparse(node.value).endswith("page")
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    counted = node.func.attr in ("count", "title") and not node.args
    return counted or node.func.attr in READ_AT_ONCE


def test_a_browser_test_waits_for_what_it_asserts() -> None:
    found = []
    for path in sorted((HOUSE / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if any(name.startswith(BROWSERS) for name in imported(tree)):
            found += [f"{house_name(path)}:{place}" for place in read_at_once(tree)]
    assert found == [], "use playwright's expect(), which waits, and press() of tests/browser.py"
    planted = read_at_once(ast.parse(NEVER_PRESSED_SO))
    assert sorted(place.split(":")[0] for place in planted) == ["4", "5", "5", "6", "7"]
