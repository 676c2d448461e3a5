"""Fills a paper with its facts, with the office's own template where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.nodes import Template as Parsed
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casesys.cases.view import CaseView
from casesys.letters.facts import facts_of
from casesys.letters.house import house_template
from casesys.letters.kinds import Letter
from casesys.letters.reading import Block, blocks_of
from casesys.settings import Settings
from casesys.system import System
from domain.instants import moment
from domain.refusals import Refused

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_BYTES, MOST_UNPACKED = 5 * 2**20, 40 * 2**20
LONGEST_QUOTE = 60
_NAMES = re.compile(r"'([^']{1,60})'")


class LetterTemplateRefused(Refused):
    """The office's own template cannot be filled; the values name the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class FilledPaper:
    """A paper as it goes out: the Word file, and the same words for a page."""

    content: bytes
    blocks: tuple[Block, ...]
    own_template: bool


@dataclass(frozen=True, slots=True)
class FilledLetter:
    """A letter with the name of its file."""

    letter: Letter
    name: str
    content: bytes
    blocks: tuple[Block, ...]
    own_template: bool


def fill_letter(
    system: System, view: CaseView, letter: Letter, raw: Mapping[str, Any]
) -> FilledLetter:
    """Nothing is recorded: a letter becomes a fact when it was served or signed.

    :raises FieldsRefused: what was typed does not fit
    :raises LetterTemplateRefused: the office's own template cannot be filled
    """
    facts = facts_of(letter, view, letter.read(raw), system.settings)
    paper = fill_paper(
        system.settings, letter.kind, lambda: house_template(letter.kind), facts, view.now
    )
    name = f"{facts['title']}_{view.number}.docx"
    return FilledLetter(letter, name, paper.content, paper.blocks, paper.own_template)


def _own_template(settings: Settings, name: str) -> Path:
    return settings.home / "templates" / f"{name}.docx"


def has_own_template(settings: Settings, name: str) -> bool:
    return _own_template(settings, name).exists()


def fill_paper(
    settings: Settings, name: str, house: Callable[[], bytes], facts: Mapping[str, Any], now: str
) -> FilledPaper:
    """The paper of this name, with the office's own template where there is one, else ours.

    :raises LetterTemplateRefused: the office's own template cannot be filled
    """
    path = _own_template(settings, name)
    own = path.exists()
    try:
        content = _filled(path.read_bytes() if own else house(), facts, now)
        return FilledPaper(content, blocks_of(content), own)
    except Exception as fault:
        # Whatever an office's file does wrong is a sentence to its reader, and no broken page.
        if not own:
            raise
        problem, detail = _problem(fault)
        raise LetterTemplateRefused(
            template=path.name, problem=problem, detail=detail or "—"
        ) from fault


class _Rules(ImmutableSandboxedEnvironment):
    """How a template is filled.

    A template is written by a person and filled with texts of others: it reaches nothing but the
    facts it is given, and these stay texts. To compile one takes longer than to fill it.
    """

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self._compiled = lru_cache(maxsize=64)(super().from_string)

    def from_string(
        self,
        source: str | Parsed,
        globals: MutableMapping[str, Any] | None = None,
        template_class: type[Template] | None = None,
    ) -> Template:
        if globals or template_class or not isinstance(source, str):
            return super().from_string(source, globals, template_class)
        return self._compiled(source)


_RULES = _Rules()


class _TemplateFault(Exception):
    """What a file is refused for before it is filled."""


def _filled(template: bytes, facts: Mapping[str, Any], now: str) -> bytes:
    if len(template) > MOST_BYTES:
        raise _TemplateFault("too_large")
    with ZipFile(BytesIO(template)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise _TemplateFault("too_large")
    filling = DocxTemplate(BytesIO(template))
    filling.init_docx()
    _stay_inside(filling.docx)
    filling.render(dict(facts), _RULES, autoescape=True)
    # Not ``get_docx()``, which begins anew once a template was filled.
    about = filling.docx.core_properties
    about.title, about.author = str(facts["title"]), str(facts["issuer"])
    about.created = about.modified = moment(now)
    kept = BytesIO()
    filling.save(kept)
    return kept.getvalue()


def _stay_inside(document: Document) -> None:
    """A letter that fetches a picture or a template from elsewhere tells elsewhere who opens it."""
    for part in document.part.package.iter_parts():
        for link in part.rels.values():
            if link.is_external and link.reltype != RELATIONSHIP_TYPE.HYPERLINK:
                raise _TemplateFault("outside")


def _problem(fault: Exception) -> tuple[str, str]:
    """A code of ``template_problem`` and a piece of the template that leads to the place."""
    if isinstance(fault, _TemplateFault):
        return str(fault), ""
    if isinstance(fault, SecurityError):
        return "unsafe", _quoted(fault, 0)
    if isinstance(fault, UndefinedError):
        return "unknown_name", _quoted(fault, -1)
    if isinstance(fault, TemplateSyntaxError):
        return "syntax", _lines_at(fault)
    if isinstance(fault, BadZipFile | KeyError | ValueError | OSError):
        return "no_word_file", ""
    return "failed", ""


def _quoted(fault: Exception, place: int) -> str:
    """The name that the template used; the library quotes the kind of its owner too."""
    names = _NAMES.findall(str(fault))
    return names[place] if names else ""


def _lines_at(fault: TemplateSyntaxError) -> str:
    lines = [line.strip() for line in getattr(fault, "docx_context", ())]
    at = min(fault.lineno - 1, 3)
    return lines[at][:LONGEST_QUOTE] if 0 <= at < len(lines) else ""
