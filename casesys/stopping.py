"""Why the program goes no further: a code with its values, said in the language of the reader."""

from __future__ import annotations


class Stopped(Exception):
    """The program goes no further until whoever runs it has done something about it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = f"stopped.{code}"
        self.values = values

    def said(self, language: str) -> str:
        # The process that opens an unknown workbook reads no catalogue unless it must.
        from casesys.words import say

        return say(self.code, language, **self.values)

    def __str__(self) -> str:
        return self.said("en")


class SettingsRefused(Stopped):
    """A setting is wrong; the words name it and say what it may be."""
