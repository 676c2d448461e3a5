"""Every knob of an installation, read once from the environment, each with a safe default."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casesys.postgres import Limits
from casesys.schemas import in_schema
from casesys.stopping import SettingsRefused as SettingsRefused

LANGUAGES = ("zh", "en")
KEY_BYTES = 32
_KEY = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider of the house (OpenID Connect), and which of its claims is a login."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Where an installation lives and how it behaves; the README lists the variables."""

    home: Path
    database_url: str
    secret_key: str
    master_key: bytes
    signing_key: bytes
    language: str
    office: str
    office_unit: str
    upload_limit: int
    address: str = ""
    provider: Provider | None = None
    backup_key: bytes | None = None
    connections: int = 8
    statement_seconds: int = 15
    witness: Path | None = None

    @property
    def counter_limits(self) -> Limits:
        """What a process that serves pages may take of the database."""
        return Limits(self.connections, self.statement_seconds)


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; makes the home folder and its three keys on first start."""
    env = os.environ if environ is None else environ
    home = Path(env.get("CASESYS_HOME", "var")).resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    language = env.get("CASESYS_LANGUAGE", "zh")
    if language not in LANGUAGES:
        raise SettingsRefused("setting_language", value=language)
    upload_limit = _number(env, "CASESYS_UPLOAD_LIMIT_MB", "64", 1, 1024)
    backup_key = env.get("CASESYS_BACKUP_KEY", "")
    if backup_key and hex_key(backup_key) is None:
        raise SettingsRefused("setting_backup_key")
    master = env.get("CASESYS_MASTER_KEY") or _kept(home / "master.key")
    if not _KEY.fullmatch(master):
        raise SettingsRefused("setting_master_key")
    signing = env.get("CASESYS_SIGNING_KEY") or _kept(home / "signing.key")
    if not _KEY.fullmatch(signing):
        raise SettingsRefused("setting_signing_key")
    return Settings(
        home=home,
        database_url=_database(env, home),
        secret_key=env.get("CASESYS_SECRET_KEY") or _kept(home / "secret.key"),
        master_key=bytes.fromhex(master),
        signing_key=bytes.fromhex(signing),
        language=language,
        office=env.get("CASESYS_OFFICE", ""),
        office_unit=env.get("CASESYS_OFFICE_UNIT", "区发展和改革局"),
        upload_limit=upload_limit * 1024 * 1024,
        address=env.get("CASESYS_ADDRESS", "").rstrip("/"),
        provider=_provider(env),
        backup_key=hex_key(backup_key),
        connections=_number(env, "CASESYS_CONNECTIONS", "8", 2, 100),
        statement_seconds=_number(env, "CASESYS_STATEMENT_SECONDS", "15", 2, 600),
        witness=_outside(home, env.get("CASESYS_WITNESS", "")),
    )


def _number(env: Mapping[str, str], name: str, usual: str, least: int, most: int) -> int:
    """:raises SettingsRefused: it is no whole number between the two"""
    value = env.get(name, usual)
    if not re.fullmatch(r"[0-9]{1,4}", value) or not least <= int(value) <= most:
        raise SettingsRefused("setting_number", name=name, value=value, least=least, most=most)
    return int(value)


def _database(env: Mapping[str, str], home: Path) -> str:
    """:raises SettingsRefused: the schema is none, or stands in two places"""
    url = env.get("CASESYS_DATABASE_URL", f"sqlite:///{home / 'casesys.db'}")
    if "search_path" in url:
        raise SettingsRefused("setting_search_path")
    schema = env.get("CASESYS_SCHEMA", "")
    return in_schema(url, schema) if schema else url


def hex_key(text: str) -> bytes | None:
    """The key that these 64 hexadecimal digits are, if they are so many."""
    return bytes.fromhex(text) if re.fullmatch(r"[0-9a-fA-F]{64}", text) else None


def _outside(home: Path, folder: str) -> Path | None:
    """:raises SettingsRefused: it does not lie outside of what an intruder here could rewrite"""
    if not folder:
        return None
    found = Path(folder)
    if not found.is_absolute() or found.resolve().is_relative_to(home):
        raise SettingsRefused("setting_witness", value=folder)
    return found


def _provider(env: Mapping[str, str]) -> Provider | None:
    """:raises SettingsRefused: it is half set up, or would be asked in the clear"""
    issuer = env.get("CASESYS_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    # On this machine itself nothing is sent over a line.
    if not re.match(r"https://[^/]|http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)", issuer):
        raise SettingsRefused("setting_oidc_issuer", value=issuer)
    named = {part: env.get(f"CASESYS_OIDC_{part}", "") for part in ("CLIENT_ID", "CLIENT_SECRET")}
    for part, value in named.items():
        if not value:
            raise SettingsRefused("setting_oidc_missing", name=f"CASESYS_OIDC_{part}")
    claim = env.get("CASESYS_OIDC_CLAIM") or "preferred_username"
    return Provider(issuer, named["CLIENT_ID"], named["CLIENT_SECRET"], claim)


def _kept(path: Path) -> str:
    """A key that is made once and then kept; two first starts at once agree on one."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(KEY_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(errors="replace").strip()
