"""Settings come from variables that begin with PRECEDENT_, once, and an empty one is as good as none."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import Settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("PRECEDENT_"):
            monkeypatch.delenv(name)


def test_with_nothing_set_all_runs_embedded_and_without_an_llm() -> None:
    settings = Settings()
    assert (None, None, "escalated", "127.0.0.1", 8000) == (
        settings.llm_model,
        settings.webhook_secret_generic,
        settings.capture,
        settings.host,
        settings.port,
    )
    assert settings.embedded_index
    assert f"sqlite:///{Path('.data').resolve() / 'precedent.db'}" == settings.sql_url
    assert Path(".data/chroma") == settings.index_dir


@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_an_empty_variable_means_the_default(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = getattr(Settings(), field)
    monkeypatch.setenv(f"PRECEDENT_{field.upper()}", "")
    assert default == getattr(Settings(), field)


def test_a_key_of_another_program_calls_no_llm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("LLM_MODEL", "other")
    assert (None, None) == (Settings().llm_model, Settings().llm_api_key)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_the_installed_driver(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRECEDENT_DATABASE_URL", f"{scheme}://u:p@h/postgres://x")
    assert "postgresql+psycopg://u:p@h/postgres://x" == Settings().sql_url


def test_with_a_chroma_server_no_index_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRECEDENT_CHROMA_URL", "http://chroma:8000")
    assert not Settings().embedded_index


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CAPTURE", "some"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("WORKER_THREADS", "0"),
        ("JOB_LEASE", "1"),
        ("SESSION_HOURS", "0"),
        ("LLM_TIMEOUT", "0"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PRECEDENT_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("name", ["LLM_API_KEY", "WEBHOOK_SECRET_GENERIC"])
def test_a_secret_does_not_show_when_settings_are_printed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"PRECEDENT_{name}", "s3cr3t-value")
    assert "s3cr3t-value" not in f"{Settings()!r} {Settings()} {Settings().model_dump()}"


def test_settings_are_read_once_and_never_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 9  # type: ignore[misc]
