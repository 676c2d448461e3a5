"""A small identity provider on this machine: discovery, codes with PKCE, and signed tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "casesys", "a secret of both"


class IdentityProvider(ThreadingHTTPServer):
    """Knows one user, whoever asks; what it says of that user can be set by a test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.signing: RSAKey = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {"sub": "1001", "preferred_username": "U01-2"}
        self.told: dict[str, Any] = {}
        self.silent, self.released = 0.0, Event()
        self.asked: list[dict[str, str]] = []
        self._waiting: dict[str, dict[str, str]] = {}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/realms/office"

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.told,
        }

    def authorise(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to; this user consents to everything."""
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self._waiting[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str], header: str) -> dict[str, Any] | None:
        """What a code is changed for, once, by who can show the verifier and the secret."""
        asked = self._waiting.pop(given.get("code", ""), None)
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        wanted = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked.get("code_challenge_method") != "S256":
            return None
        if asked["code_challenge"] != proof or header != f"Basic {wanted}":
            return None
        now = int(time.time())
        facts = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "auth_time": now}
        claims = {**facts, "nonce": asked["nonce"], **self.claims}
        signed = self._signed(claims)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def _signed(self, claims: dict[str, Any]) -> str:
        """Under our key; under nobody's, or the secret that the client knows too, by request."""
        # As bytes: a claim may hold what no library would write.
        content = json.dumps(claims).encode()
        if self.algorithm == "RS256":
            return jws.serialize_compact({"alg": "RS256", "kid": "one"}, content, self.signing)
        if self.algorithm == "none":
            parts = (b'{"alg": "none"}', content)
            head, body = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
            return f"{head}.{body}."
        secret, algorithm = OctKey.import_key(SECRET), self.algorithm
        return jws.serialize_compact({"alg": algorithm}, content, secret, [algorithm])


class _Desk(BaseHTTPRequestHandler):
    server: IdentityProvider

    def do_GET(self) -> None:
        self.server.released.wait(self.server.silent)
        place = urlsplit(self.path)
        part = place.path.rpartition("/")[2]
        if part == "authorize":
            asked = dict(parse_qsl(place.query))
            self.send_response(302)
            self.send_header("Location", self.server.authorise(asked))
            self.end_headers()
        elif part == "keys":
            self._answer({"keys": [self.server.key.as_dict(private=False)]})
        else:
            self._answer(self.server.described())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        found = self.server.token(given, self.headers.get("Authorization", ""))
        self._answer(found or {"error": "invalid_grant"}, 200 if found else 400)

    def _answer(self, what: Any, code: int = 200) -> None:
        body = json.dumps(what).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # Whoever no longer waits is no fault of ours.
        with suppress(BrokenPipeError):
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Silent: a test says what it looks at."""


@contextmanager
def providing() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    thread = Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        provider.released.set()
        provider.shutdown()
        thread.join()
        provider.server_close()
