"""The fields of commands: each knows its words, its check and how a form should ask for it.

A factory makes a ``Spec``; the form, the HTTP schema, a workbook's column and a command-line
option are all made from it (design D9). What a check refuses is a code; ``casesys.words`` has
the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate

from casesys.words import options
from domain.instants import SHANGHAI, instant

CODES: dict[str, Any] = {
    "required": "field.required",
    "null": "field.required",
    "validator_failed": "field.invalid",
}
UNTYPED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""What cannot be seen: it breaks a database, or makes two names that look the same differ."""

GARBLED = "\ufffd"
"""What a decoder leaves of bytes that it could not read."""

CAMPAIGN = re.compile(r"\w[\w.-]{0,39}\Z")
"""The shape of a campaign's number, which begins the number and the address of every case."""

YEARS = range(1900, 3000)
"""A year outside is a slip of the hand, and its text would not sort with the others."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One field of a command; ``name`` is given by the command that holds it."""

    widget: str
    make: Callable[..., fields.Field[Any]]
    zh: str = ""
    en: str = ""
    hint_zh: str = ""
    hint_en: str = ""
    required: bool = True
    headers: tuple[str, ...] = ()
    choices: type[StrEnum] | None = None
    most: int | None = None
    at_least: int = 0
    inner: Spec | None = None
    name: str = ""
    sealed: bool = False

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def hint(self, language: str) -> str:
        return self.hint_en if language == "en" else self.hint_zh

    def options(self, language: str) -> list[tuple[str, str]] | None:
        """What may be chosen, in the reader's words; None where anything may be typed."""
        return options(self.choices, language) if self.choices is not None else None

    def field(self) -> fields.Field[Any]:
        """The marshmallow field; an optional one left out is None."""
        words: Mapping[str, Any] = {"title": self.en, "description": self.zh}
        if self.required:
            return self.make(required=True, metadata=words)
        return self.make(load_default=None, allow_none=True, metadata=words)

    def named(self, name: str) -> Spec:
        return replace(self, name=name)


class _Asked(fields.Field[Any]):
    """What all fields share: their complaints are codes, and blank is the same as left out."""

    wrong: ClassVar[str] = "field.invalid"

    def __init__(self, **kwargs: Any) -> None:
        codes = {**CODES, "invalid": self.wrong, "too_large": self.wrong}
        super().__init__(error_messages=codes, **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        # Here, because a validator would be asked about the None that a blank field is read as.
        blank = isinstance(value, str) and not self.clean(value)
        return super().deserialize(None if blank else value, *args, **kwargs)

    @staticmethod
    def clean(text: str) -> str:
        return text.strip()


class _Text(_Asked, fields.String):
    """A text; what no keyboard can type and no database can store does not get in."""

    @staticmethod
    def clean(text: str) -> str:
        return UNTYPED.sub("", text.replace("\r\n", "\n")).strip()

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = self.clean(super()._deserialize(value, attr, data, **kwargs))
        if GARBLED in text:
            # The log is never edited: what is no longer readable must not get into it.
            raise ValidationError("field.garbled")
        return text


class _When(_Asked):
    """A moment: local where it names no offset; stored as UTC text."""

    wrong = "field.invalid_moment"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            parsed = datetime.fromisoformat(str(value).strip())
            if parsed.year not in YEARS:
                raise self.make_error("invalid")
            return instant(parsed if parsed.tzinfo else parsed.replace(tzinfo=SHANGHAI))
        except ValueError as wrong:
            raise self.make_error("invalid") from wrong


class _Day(_Asked):
    wrong = "field.invalid_day"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            parsed = date.fromisoformat(str(value).strip())
        except ValueError as wrong:
            raise self.make_error("invalid") from wrong
        if parsed.year not in YEARS:
            raise self.make_error("invalid")
        return parsed.isoformat()


class _Money(_Asked):
    """Yuan as people write them; stored as whole 分."""

    wrong = "field.invalid_amount"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            fen = Decimal(str(value).strip().replace(",", "").replace("，", "")) * 100
        except ArithmeticError as wrong:
            raise self.make_error("invalid") from wrong
        if not fen.is_finite() or fen < 0 or fen > 10**15 or fen != fen.to_integral_value():
            raise self.make_error("invalid")
        return int(fen)


class _Choice(_Asked, fields.String):
    wrong = "field.not_a_choice"


class _Whole(_Asked, fields.Integer):
    wrong = "field.invalid_number"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class _Yes(_Asked, fields.Boolean): ...


class _Several(_Asked, fields.List[Any]):
    """A list; a form may send it as one text, parted by commas, spaces or lines.

    What is listed here, work numbers and days, holds no space of its own.
    """

    def __init__(self, inner: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(cls_or_instance=inner, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str):
            value = re.split(r"[,，、;；\s]+", value)
        if isinstance(value, list):
            value = [v.strip() if isinstance(v, str) else v for v in value]
            value = [v for v in value if v != ""]
        return super()._deserialize(value, attr, data, **kwargs)


def Text(most: int = 200, **words: Any) -> Spec:
    def make(**kw: Any) -> fields.Field[Any]:
        return _Text(validate=validate.Length(max=most, error="field.too_long"), **kw)

    return Spec("textarea" if most > 400 else "text", make, most=most, **words)


def CampaignNumber(**words: Any) -> Spec:
    def make(**kw: Any) -> fields.Field[Any]:
        shape = validate.Regexp(CAMPAIGN, error="field.invalid_campaign")
        return _Text(validate=shape, **kw)

    return Spec("text", make, most=40, **words)


def Choice(choices: type[StrEnum], **words: Any) -> Spec:
    def make(**kw: Any) -> fields.Field[Any]:
        listed = validate.OneOf([c.value for c in choices], error="field.not_a_choice")
        return _Choice(validate=listed, **kw)

    return Spec("choice", make, choices=choices, **words)


def When(**words: Any) -> Spec:
    return Spec("when", _When, **words)


def Day(**words: Any) -> Spec:
    return Spec("day", _Day, **words)


def Money(**words: Any) -> Spec:
    return Spec("money", _Money, **words)


def Whole(**words: Any) -> Spec:
    def make(**kw: Any) -> fields.Field[Any]:
        bounds = validate.Range(0, 2**31 - 1, error="field.invalid_number")
        return _Whole(validate=bounds, strict=False, **kw)

    return Spec("number", make, **words)


def Yes(**words: Any) -> Spec:
    return Spec("yes", _Yes, **words)


def Several(inner: Spec, at_least: int = 0, most: int = 50, **words: Any) -> Spec:
    def make(**kw: Any) -> fields.Field[Any]:
        bounds = [
            validate.Length(min=at_least, error="field.too_few"),
            validate.Length(max=most, error="field.too_many"),
        ]
        return _Several(inner.named("").field(), validate=bounds, **kw)

    return Spec("several", make, inner=inner, at_least=at_least, most=most, **words)


def Sealed(inner: Spec, **words: Any) -> Spec:
    """Personal data: asked for like the inner field, sealed before it is stored."""
    return replace(inner, sealed=True, **words)


def Unit(**words: Any) -> Spec:
    return replace(Text(60), widget="unit", **words)


def Officer(**words: Any) -> Spec:
    return replace(Text(60), widget="officer", **words)


def RecordOf(**words: Any) -> Spec:
    """One 宗 of the case, by its name within the case."""
    return replace(Text(60), widget="record", **words)


def ObjectionOf(**words: Any) -> Spec:
    """One objection of the case that waits for its answer, by its name within the case."""
    return replace(Text(20), widget="objection", **words)


def Act(**words: Any) -> Spec:
    """One entry of the case, by its version."""
    return replace(Whole(), widget="act", **words)


def File(**words: Any) -> Spec:
    """A file of evidence, by the SHA-256 under which the evidence store keeps it."""

    def make(**kw: Any) -> fields.Field[Any]:
        digest = validate.Regexp(r"\A[0-9a-f]{64}\Z", error="field.invalid_digest")
        return _Text(validate=digest, **kw)

    return Spec("file", make, **words)


def problems_of(error: ValidationError) -> dict[str, str]:
    """The first code of every field that was refused."""
    found: dict[str, str] = {}

    def walk(name: str, messages: Any) -> None:
        if isinstance(messages, dict):
            for part, inner in messages.items():
                walk(name or str(part), inner)
        elif isinstance(messages, list) and messages:
            code = str(messages[0])
            found.setdefault(name, code if code.startswith("field.") else "field.unknown")

    walk("", error.messages)
    return found
