"""Everything that can be configured. Read once at start, passed in, never a global."""

import sys
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CapturePolicy = Literal["escalated", "all", "none"]

NEVER = "never"
"""The `gaps_at` of an installation whose gap reports are built on demand alone."""


class Settings(BaseSettings):
    """Environment variables with the prefix `PRECEDENT_`; see the table in README.md (a test compares the two)."""

    model_config = SettingsConfigDict(env_prefix="PRECEDENT_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path(".data"), description="where everything that is kept lies")
    database_url: str | None = Field(
        None, description="PostgreSQL, as `postgresql://user:password@host/name`; unset: SQLite in the data directory"
    )
    chroma_url: str | None = Field(
        None, description="a Chroma server, as `http://host:port`; unset: embedded in the data directory"
    )
    embedding_model: str = Field(
        "all-MiniLM-L6-v2", description="a sentence-transformers model: a name known offline, or a folder"
    )
    model_dir: Path = Field(
        Path(sys.prefix) / "share" / "precedent" / "models", description="where exported embedding models lie"
    )
    capture: CapturePolicy = Field(
        "escalated", description="which closed tickets get a draft: `escalated`, `all` or `none`"
    )
    gaps_at: str = Field(
        "02:10",
        pattern=rf"^(?:(?:[01]\d|2[0-3]):[0-5]\d|{NEVER})$",
        description="when the gap report is built each day, in UTC; `never`: on demand alone",
    )
    llm_model: str | None = Field(None, description="the LLM's name; unset: no LLM is ever called")
    llm_base_url: str | None = Field(None, description="an OpenAI-compatible endpoint; ends in `/v1`")
    llm_api_key: SecretStr | None = Field(None, description="its key; local endpoints often need none")
    llm_timeout: float = Field(60.0, gt=0, description="seconds one LLM call may take")
    llm_budget: int = Field(24_000, ge=1_000, description="tokens of a thread that are sent to the LLM at the most")
    llm_price_in: float | None = Field(
        None, ge=0, description="what a million tokens sent to the LLM cost; unset: no cost is claimed"
    )
    llm_price_out: float | None = Field(None, ge=0, description="what a million tokens of its answers cost")
    llm_price_cached: float | None = Field(
        None, ge=0, description="what a million sent tokens cost that the endpoint had cached; unset: as others"
    )
    llm_currency: str | None = Field(None, max_length=8, description="the currency of these prices, such as `EUR`")
    host: str = Field("127.0.0.1", description="the address `serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="the port `serve` and `demo` listen on")
    secure_cookies: bool = Field(False, description="set behind HTTPS: cookies are sent over HTTPS alone")
    session_hours: int = Field(12, ge=1, description="hours a sign-in lasts")
    worker_threads: int = Field(1, ge=1, le=16, description="jobs worked on at once by one process")
    job_lease: int = Field(120, ge=5, description="seconds after which a silent worker's job goes to another")
    stop_grace: int = Field(
        20, ge=1, description="seconds that requests and the job in hand have to finish when the process is stopped"
    )
    webhook_secret_generic: SecretStr | None = Field(
        None, description="secret of the `generic` webhook; unset: it answers 403"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe event that is logged"
    )
    log_format: Literal["json", "console"] = Field("json", description="one JSON object a line, or for reading")

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object, info: ValidationInfo) -> object:
        """An empty variable means the default: compose files and shells cannot easily leave one out."""
        if value == "" and info.field_name is not None:
            return cls.model_fields[info.field_name].default
        return value

    @property
    def sql_url(self) -> str:
        """The database's URL with the driver that is installed."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'precedent.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def embedded_index(self) -> bool:
        return not self.chroma_url

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "chroma"
