"""Settings are read once, each with a safe default; a wrong one is refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from casesys.database import Database
from casesys.settings import Provider, SettingsRefused, from_environment


def test_a_first_start_makes_the_folder_and_the_keys_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = from_environment({"CASESYS_HOME": str(home)})
    assert home.stat().st_mode & 0o777 == 0o700
    keys = ["master.key", "secret.key", "signing.key"]
    assert sorted(path.name for path in home.iterdir()) == keys
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in home.iterdir())
    assert from_environment({"CASESYS_HOME": str(home)}) == settings


def test_defaults_are_a_chinese_office_on_sqlite_in_its_folder(tmp_path: Path) -> None:
    settings = from_environment({"CASESYS_HOME": str(tmp_path)})
    assert settings.language == "zh"
    assert settings.database_url == f"sqlite:///{tmp_path / 'casesys.db'}"
    assert settings.upload_limit == 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CASESYS_LANGUAGE", "fr"),
        ("CASESYS_UPLOAD_LIMIT_MB", "0"),
        ("CASESYS_UPLOAD_LIMIT_MB", "²"),
        ("CASESYS_UPLOAD_LIMIT_MB", "many"),
        ("CASESYS_MASTER_KEY", "5a"),
        ("CASESYS_MASTER_KEY", "no" * 32),
        ("CASESYS_WITNESS", "share"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        from_environment({"CASESYS_HOME": str(tmp_path), variable: value})
    for language in ("zh", "en"):
        assert variable in refused.value.said(language)


@pytest.mark.parametrize("url", ["", "casesys.db", "mysql://host/office", "postgresql//host"])
def test_an_address_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsRefused, match="CASESYS_DATABASE_URL"):
        Database(url)


OIDC = {
    "CASESYS_OIDC_ISSUER": "https://id.example/realms/office/",
    "CASESYS_OIDC_CLIENT_ID": "casesys",
    "CASESYS_OIDC_CLIENT_SECRET": "secret",
}


def test_a_provider_is_whole_or_not_there(tmp_path: Path) -> None:
    def read(**more: str) -> Provider | None:
        return from_environment({"CASESYS_HOME": str(tmp_path), **more}).provider

    assert read() is None
    found = read(**OIDC)
    assert found == Provider(
        "https://id.example/realms/office", "casesys", "secret", "preferred_username"
    )
    for name in ("CASESYS_OIDC_CLIENT_ID", "CASESYS_OIDC_CLIENT_SECRET"):
        with pytest.raises(SettingsRefused, match=name):
            read(**{**OIDC, name: ""})
    for issuer in ("http://id.example", "ftp://x", "id.example", "http://127.0.0.1.example"):
        with pytest.raises(SettingsRefused, match="CASESYS_OIDC_ISSUER"):
            read(**{**OIDC, "CASESYS_OIDC_ISSUER": issuer})
