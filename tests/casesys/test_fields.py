"""What is typed is taken as it was meant, or refused with a code and never with a fault."""

from __future__ import annotations

from typing import Any

import pytest

from casesys import fields
from casesys.command import Command, FieldsRefused
from casesys.fields import Spec
from casesys.permits import Permit
from domain.vocabulary import Role

UNREADABLE = "field.invalid"


def read(spec: Spec, value: Any) -> Any:
    """The value that a command with this one field would give to its decision."""
    command = Command("one", Permit.READ, lambda: None, {"one": spec})
    try:
        return command.read({"one": value})["one"]
    except FieldsRefused as refused:
        return refused.problems["one"]


@pytest.mark.parametrize(
    ("spec", "typed", "taken"),
    [
        (fields.Text(), "  两行\r\n文字 ", "两行\n文字"),
        (fields.Text(), "a\x00b\ud800c", "abc"),
        (fields.Text(3), "四个字了", "field.too_long"),
        (fields.Text(), 3, UNREADABLE),
        (fields.Text(), ["x"], UNREADABLE),
        (fields.When(), "2021-07-22T14:20", "2021-07-22T06:20:00.000000Z"),
        (fields.When(), "2021-07-22 14:20", "2021-07-22T06:20:00.000000Z"),
        (fields.When(), "2021-07-22T14:20+00:00", "2021-07-22T14:20:00.000000Z"),
        (fields.When(), "2021-07-22", "2021-07-21T16:00:00.000000Z"),
        (fields.When(), "0001-01-01T00:00", "field.invalid_moment"),
        (fields.When(), "9999-12-31T23:59-23:59", "field.invalid_moment"),
        (fields.When(), {"at": 1}, "field.invalid_moment"),
        (fields.Day(), "2021-02-29", "field.invalid_day"),
        (fields.Day(), "20210722", "2021-07-22"),
        (fields.Day(), "0203-01-01", "field.invalid_day"),
        (fields.Money(), "40,000.00", 4_000_000),
        (fields.Money(), "１２，３４５.６", 1_234_560),
        (fields.Money(), "0", 0),
        (fields.Money(), "-1", "field.invalid_amount"),
        (fields.Money(), "0.001", "field.invalid_amount"),
        (fields.Money(), "1e999999999999", "field.invalid_amount"),
        (fields.Money(), "sNaN", "field.invalid_amount"),
        (fields.Whole(), "12", 12),
        (fields.Whole(), 12.0, 12),
        (fields.Whole(), 1.5, "field.invalid_number"),
        (fields.Whole(), True, "field.invalid_number"),
        (fields.Whole(), "-1", "field.invalid_number"),
        (fields.Whole(), "9" * 6000, "field.invalid_number"),
        (fields.Whole(), float("inf"), "field.invalid_number"),
        (fields.Yes(), "true", True),
        (fields.Yes(), "perhaps", UNREADABLE),
        (fields.Choice(Role), "officer", "officer"),
        (fields.Choice(Role), "king", "field.not_a_choice"),
        (fields.Choice(Role), ["officer"], "field.not_a_choice"),
        (fields.Several(fields.Text()), "U1-1，U1-2、 U1-3\n", ["U1-1", "U1-2", "U1-3"]),
        (fields.Several(fields.Text(), at_least=2), ["U1-1", " "], "field.too_few"),
        (fields.Several(fields.Text(), most=2), ["a", "b", "c"], "field.too_many"),
        (fields.Several(fields.Text(2)), ["a", "bcd"], "field.too_long"),
        (fields.Several(fields.Text()), 7, UNREADABLE),
        (fields.File(), "a" * 64, "a" * 64),
        (fields.File(), "A" * 64 + "\n../x", "field.invalid_digest"),
    ],
)
def test_a_field_takes_or_refuses(spec: Spec, typed: Any, taken: Any) -> None:
    assert read(spec, typed) == taken


EVERY = (
    fields.Text,
    fields.When,
    fields.Day,
    fields.Money,
    fields.Whole,
    fields.Yes,
    fields.Unit,
    fields.Officer,
    fields.RecordOf,
    fields.ObjectionOf,
    fields.Act,
    fields.File,
)


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("blank", ["", "  ", "\u3000", "\t\n", None])
def test_blank_is_left_out(make: Any, blank: str | None) -> None:
    assert read(make(required=False), blank) is None
    assert read(make(), blank) == "field.required"


def test_a_sealed_field_asks_like_the_field_within() -> None:
    sealed = fields.Sealed(fields.Text(5), zh="电话", en="Telephone", required=False)
    assert (sealed.sealed, sealed.most, sealed.required) == (True, 5, False)
    assert read(sealed, "123456") == "field.too_long"


def test_a_choice_is_offered_in_the_readers_words() -> None:
    roles = fields.Choice(Role)
    assert roles.options("zh") == [
        ("officer", "经办"),
        ("supervisor", "审核"),
        ("auditor", "审计"),
        ("system_administrator", "系统管理员"),
        ("security_administrator", "安全管理员"),
    ]
    assert (roles.options("en") or [])[0] == ("officer", "Officer")
    assert fields.Text().options("zh") is None
