"""Signing in through the identity provider of the house (OpenID Connect), where one is set up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from flask import Blueprint, abort, current_app, flash, g, redirect, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from casesys import (
    Person,
    Provider,
    Session,
    end_session,
    mark_proved,
    note_attempt,
    person_of,
    typed_login,
)
from web.permits import everyone
from web.reading import system, t
from web.signing_in import TOKEN, come_in, local_path, sign_in_page

blueprint = Blueprint("provider", __name__)

SECONDS = 4
"""How long one answer of the provider is waited for; a reader waits no longer than that."""

SIGNED_WITH_A_KEY_PAIR = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
FRESH_SECONDS = 120
"""A proof is one that was given for it: the provider asked its user only just."""

LONGEST_LOGIN = 200
GOAL = "provider_goal"
BY = "sign_in_by_provider"

Answer = Response | tuple[str, int]


class NotFromThere(Exception):
    """What came is no answer of this provider to this browser."""


def configured() -> Provider | None:
    return cast("Provider | None", current_app.extensions["casesys"].settings.provider)


@blueprint.get("/sign-in/provider")
@everyone
def leave() -> Answer:
    """Off to the provider; a link and no form, so that the policy of our pages lets it pass."""
    goal, proving = local_path(request.args.get("next")), "prove" in request.args
    asked: dict[str, Any] = {"prompt": "login", "max_age": 0} if proving else {}
    try:
        answer = _client().authorize_redirect(_back(), **asked)
    except (RequestException, ValueError, RuntimeError, NotFromThere):
        return _down(goal)
    session[GOAL] = [goal, proving]
    return cast(Response, answer)


@blueprint.get("/sign-in/provider/back")
@everyone
def back() -> Answer:
    """Here the provider sends its user back to, with a code that only we can change into a name."""
    goal, proving = session.pop(GOAL, None) or (None, False)
    try:
        claims = _claims()
    except RequestException:
        return _down(goal)
    except (OAuthError, JoseError, ValueError, KeyError, RuntimeError, NotFromThere):
        # A state of another browser, an old link, a consent that was denied: begin again.
        note_attempt(system(), typed_login(""), BY, refusal="provider_refused")
        return sign_in_page(goal, t("signin.provider_refused")), 400
    name = _plain(str(claims.get(_provider().claim) or ""))
    found = person_of(system(), name) if name else None
    if found is None:
        note_attempt(system(), typed_login(name), BY, refusal="account_is_unknown")
        return sign_in_page(goal, t("signin.provider_unknown", name=name or "—")), 403
    if proving:
        return _proved(found, claims, goal)
    if TOKEN in session:
        end_session(system(), str(session[TOKEN]))
    # Whoever sits at a machine that is still signed in there gave no proof of anything here.
    return come_in(found, goal, BY, proved=_asked_just_now(claims))


def _proved(found: Person, claims: Mapping[str, Any], goal: str | None) -> Answer:
    """The proof counts for the one who sits here, if the provider asked just now."""
    held: Session | None = g.get("session")
    if held is None or held.person.id != found.id or not _asked_just_now(claims):
        note_attempt(system(), found.id, "prove", refusal="provider_refused")
        flash(t("prove.not_by_provider"), "late")
        return redirect(goal or url_for("own.page"), 303)
    mark_proved(system(), held, with_code=False)
    note_attempt(system(), found.id, "prove")
    flash(t("prove.by_provider_done"), "done")
    return redirect(goal or url_for("own.page"), 303)


def _asked_just_now(claims: Mapping[str, Any]) -> bool:
    asked_at, told_at = claims.get("auth_time"), claims.get("iat")
    return (
        isinstance(asked_at, int | float)
        and isinstance(told_at, int | float)
        and told_at - asked_at <= FRESH_SECONDS
    )


def _claims() -> Mapping[str, Any]:
    """What the provider says of its user, after every seal on it was checked.

    :raises NotFromThere: it gave no proof of who that is
    """
    client, provider = _client(), _provider()
    wanted = {
        "iss": {"essential": True, "value": client.load_server_metadata()["issuer"]},
        "aud": {"essential": True, "value": provider.client_id},
    }
    token = client.authorize_access_token(claims_options=wanted)
    claims: Mapping[str, Any] | None = token.get("userinfo")
    if claims is None:
        raise NotFromThere
    if provider.claim not in claims and client.server_metadata.get("userinfo_endpoint"):
        told = client.userinfo(token=token)
        if told.get("sub") != claims["sub"]:
            raise NotFromThere
        return {**told, **claims}
    return claims


def _plain(name: str) -> str:
    """No login holds what cannot be written, nor is it longer than one can be."""
    return name if name.isprintable() and len(name) <= LONGEST_LOGIN else ""


def _client() -> FlaskOAuth2App:
    """The provider as it describes itself, asked once a process."""
    provider = _provider()
    client = current_app.extensions.get("casesys.provider")
    if client is None:
        client = OAuth(current_app).register(
            "provider",
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": SECONDS,
            },
        )
        current_app.extensions["casesys.provider"] = client
    described = client.load_server_metadata()
    if described.get("issuer", "").rstrip("/") != provider.issuer:
        raise NotFromThere
    signed = described.get("id_token_signing_alg_values_supported") or ["RS256"]
    # Nobody's signature, or one under the secret that both know, proves nothing here.
    described["id_token_signing_alg_values_supported"] = [
        one for one in signed if one in SIGNED_WITH_A_KEY_PAIR
    ]
    return cast(FlaskOAuth2App, client)


def _provider() -> Provider:
    found = configured()
    if found is None:
        abort(404)
    return found


def _back() -> str:
    address = current_app.extensions["casesys"].settings.address
    if address:
        return f"{address}{url_for('provider.back')}"
    return url_for("provider.back", _external=True)


def _down(goal: str | None) -> tuple[str, int]:
    note_attempt(system(), typed_login(""), BY, refusal="provider_is_down")
    return sign_in_page(goal, t("signin.provider_down")), 503
