"""Signing in through an identity provider: a real one on this machine, right, wrong and silent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener
from uuid import UUID

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from casesys.people.attempts import WantedAttempts, attempts_page
from casesys.permits import operator
from casesys.settings import Provider
from casesys.system import System
from tests.administrators import code_of, enrolled_code
from tests.offices import OFFICER, SUPERVISOR, Clock, person
from tests.scenarios import give
from tests.web.helpers import Reader, app_of, words_of
from tests.web.identity_provider import CLIENT, SECRET, IdentityProvider, providing


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with providing() as found:
        yield found


@pytest.fixture
def app(system: System, provider: IdentityProvider) -> Flask:
    named = Provider(provider.issuer, CLIENT, SECRET, "preferred_username")
    system.settings = replace(system.settings, provider=named)
    return app_of(system)


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def led_back(answer: TestResponse) -> str:
    """Go to the provider as a browser does; the path it sends the browser back to."""
    assert answer.status_code == 302, answer.text
    try:
        build_opener(_Stays).open(answer.location)
    except OSError as redirected:
        back = urlsplit(redirected.headers["Location"])  # type: ignore[attr-defined]
        return f"{back.path}?{back.query}"
    raise AssertionError("the provider sent nobody back")


def through(reader: Reader, path: str = "/sign-in/provider") -> TestResponse:
    return reader.get(led_back(reader.get(path)))


def test_a_user_of_the_provider_comes_in_under_their_own_account(
    app: Flask, system: System, provider: IdentityProvider
) -> None:
    reader = Reader(app, None)
    page = reader.get_page("/sign-in?next=/cases")
    assert 'href="/sign-in/provider?next=/cases"' in page
    answer = through(reader, "/sign-in/provider?next=/cases")
    assert (answer.status_code, answer.location) == (303, "/cases")
    assert OFFICER in reader.get_page("/cases")
    (asked,) = provider.asked
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert asked["nonce"] and asked["state"]
    noted = attempts_page(system, WantedAttempts(act="sign_in_by_provider")).rows
    assert [(one.login, one.refusal) for one in noted] == [(OFFICER, None)]


def test_an_unknown_user_is_told_so_and_no_account_is_made(
    app: Flask, system: System, provider: IdentityProvider
) -> None:
    provider.claims["preferred_username"] = "U77-7"
    reader = Reader(app, None)
    answer = through(reader)
    assert answer.status_code == 403 and "统一身份认证认出您是U77-7" in words_of(answer.text)
    assert reader.get("/").status_code == 303
    noted = attempts_page(system, WantedAttempts(refused=True)).rows
    assert [(one.login, one.refusal) for one in noted] == [("typed:U77-7", "account_is_unknown")]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "somebody else"},
        {"iss": "http://127.0.0.1:9/realms/other"},
        {"exp": 1},
    ],
)
def test_a_token_that_was_not_made_for_this_sign_in_is_refused(
    app: Flask, provider: IdentityProvider, claims: dict[str, object]
) -> None:
    provider.claims |= claims
    reader = Reader(app, None)
    assert through(reader).status_code == 400
    assert reader.get("/").status_code == 303


def test_a_token_under_another_key_is_refused(app: Flask, provider: IdentityProvider) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "one"})
    assert through(Reader(app, None)).status_code == 400


def test_a_provider_that_says_it_is_another_is_refused(
    app: Flask, provider: IdentityProvider
) -> None:
    provider.told["issuer"] = "https://elsewhere.example"
    assert Reader(app, None).get("/sign-in/provider").status_code == 503


def test_an_answer_to_another_browser_is_refused(app: Flask) -> None:
    back = led_back(Reader(app, None).get("/sign-in/provider"))
    stranger = Reader(app, None)
    answer = stranger.get(back)
    assert answer.status_code == 400 and "没有完成" in answer.text
    assert stranger.get("/").status_code == 303


@pytest.mark.parametrize(
    "claimed",
    [
        "\ud800",
        "U01-2\x00",
        "\u202eU01-2",
        "x" * 500,
        ["U01-2"],
        {"a": "\udfff"},
        0,
        True,
        None,
    ],
)
def test_a_name_that_no_account_can_have_is_answered_in_words(
    app: Flask, provider: IdentityProvider, claimed: object
) -> None:
    provider.claims["preferred_username"] = claimed
    reader = Reader(app, None)
    answer = through(reader)
    assert answer.status_code == 403 and "统一身份认证认出您是" in words_of(answer.text)
    assert reader.get("/").status_code == 303


def test_whose_account_was_closed_meanwhile_does_not_come_in(app: Flask, system: System) -> None:
    account = UUID(person(system, OFFICER).id)
    give(system, "close_account", {"explanation": "调离"}, account, operator("tests"))
    reader = Reader(app, None)
    assert through(reader).status_code == 403
    assert reader.get("/").status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_have_made_is_refused(
    app: Flask, provider: IdentityProvider, algorithm: str
) -> None:
    provider.told["id_token_signing_alg_values_supported"] = [algorithm, "RS256"]
    provider.algorithm = algorithm
    reader = Reader(app, None)
    assert through(reader).status_code == 400
    assert reader.get("/").status_code == 303


def test_what_was_denied_or_made_up_is_refused_in_words(app: Flask) -> None:
    reader = Reader(app, None)
    for query in ("", "?error=access_denied", "?code=1", "?code=1&state=made-up"):
        answer = reader.get(f"/sign-in/provider/back{query}")
        assert answer.status_code == 400, query
        assert "没有完成" in answer.text and 'name="password"' in answer.text


def test_a_silent_provider_is_waited_for_only_a_moment_and_the_password_still_works(
    app: Flask, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.provider.SECONDS", 0.3)
    # Whoever waits for it is answered in the end, and led on to it.
    provider.silent = 60
    reader = Reader(app, None)
    answer = reader.get("/sign-in/provider")
    assert answer.status_code == 503 and "现在没有回应" in answer.text
    assert reader.sign_in(OFFICER).status_code == 303


def test_a_provider_that_is_gone_is_told_in_words(system: System) -> None:
    with providing() as gone:
        issuer = gone.issuer
    named = Provider(issuer, CLIENT, SECRET, "preferred_username")
    system.settings = replace(system.settings, provider=named)
    answer = Reader(app_of(system), None).get("/sign-in/provider")
    assert answer.status_code == 503 and "现在没有回应" in answer.text


def test_whoever_set_up_codes_gives_one_after_the_provider_too(app: Flask, system: System) -> None:
    secret = enrolled_code(system, OFFICER)
    reader = Reader(app, None)
    assert through(reader).location == "/sign-in/code"
    assert reader.get("/").status_code == 303
    assert reader.send("/sign-in/code", code=code_of(secret, system)).status_code == 303
    noted = attempts_page(system, WantedAttempts(act="sign_in_by_provider")).rows
    assert [one.login for one in noted] == [OFFICER]


def test_the_provider_proves_for_an_act_of_weight_who_sits_there(
    app: Flask, system: System, provider: IdentityProvider, clock: Clock
) -> None:
    reader = Reader(app, None)
    through(reader)
    clock.wait(minutes=6)
    assert reader.get("/own/code").location.startswith("/prove")
    assert "prove=1" in reader.get_page("/prove")
    provider.claims["preferred_username"] = SUPERVISOR
    through(reader, "/sign-in/provider?prove=1")
    assert reader.get("/own/code").status_code == 303, "another user proves nothing"
    provider.claims |= {"preferred_username": OFFICER, "auth_time": int(time.time()) - 3600}
    through(reader, "/sign-in/provider?prove=1")
    assert reader.get("/own/code").status_code == 303, "an hour ago is not now"
    del provider.claims["auth_time"]
    through(reader, "/sign-in/provider?prove=1")
    assert parse_qs(urlsplit("?prompt=login").query)["prompt"] == [provider.asked[-1]["prompt"]]
    assert reader.get("/own/code").status_code == 200


def test_a_machine_that_is_still_signed_in_at_the_provider_proves_nothing(
    app: Flask, provider: IdentityProvider
) -> None:
    """Out, and in again without a word, is no way round the proof."""
    provider.claims["auth_time"] = int(time.time()) - 3600
    reader = Reader(app, None)
    assert through(reader).status_code == 303
    assert reader.get("/").status_code == 200
    assert reader.get("/own/code").location.startswith("/prove")
    through(reader, "/sign-in/provider?prove=1")
    assert reader.get("/own/code").status_code == 303
    del provider.claims["auth_time"]
    assert through(reader).status_code == 303
    assert reader.get("/own/code").status_code == 200, "the provider had just asked"


def test_without_a_provider_there_is_no_such_page_and_no_button(system: System) -> None:
    reader = Reader(app_of(system), None)
    assert reader.get("/sign-in/provider").status_code == 404
    assert "/sign-in/provider" not in reader.get_page("/sign-in")
