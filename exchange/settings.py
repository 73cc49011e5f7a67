"""Settings, read once at start-up from the environment (prefix EXCHANGE_) or a .env file."""

import json
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.signing_in import IdentityProvider

GIB = 1024**3
MIB = 1024**2
SHORTEST_SECRET = 32
Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """Everything an operator can set; documented one by one in docs/operators/settings.md."""

    model_config = SettingsConfigDict(env_prefix="EXCHANGE_", env_file=".env", extra="ignore", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object, info: ValidationInfo) -> object:
        # A variable that is set to nothing, as compose files do, means the default.
        blank = isinstance(value, str) and not value.strip() and info.field_name is not None
        return cls.model_fields[info.field_name].default if blank and info.field_name else value

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters; make one with: openssl rand -hex 32")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return tuple(one.strip() for one in value.split(",") if one.strip()) if isinstance(value, str) else value

    @field_validator("datacite_url")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        if value and not re.match(r"https://|http://(127\.0\.0\.1|localhost)(:|/|$)", value):
            raise ValueError("must begin with https://, since a password is sent there")
        return value

    @field_validator("oidc", mode="before")
    @classmethod
    def _list_of_providers(cls, value: object) -> object:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:  # Without its text: it repeats what stands there, secrets included.
            raise ValueError("must be a JSON list of providers; docs/operators/sign-in.md shows one") from None

    @field_validator("oidc")
    @classmethod
    def _each_once(cls, value: tuple[IdentityProvider, ...]) -> tuple[IdentityProvider, ...]:
        if len({one.name for one in value}) < len(value):
            raise ValueError("two providers have the same name")
        return value

    data: Path = Field(default=Path("data"), description="Folder of the embedded default: database, objects, secret")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; empty: SQLite in the data folder")
    store_url: str | None = Field(default=None, description="s3://host:port/bucket?secure=… ; empty: a folder")
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    secret: SecretStr | None = Field(default=None, description="Signs links and cursors; same on every instance")
    base_url: str = Field(default="http://127.0.0.1:8000", description="Where people reach this installation")
    demo: bool = Field(default=False, description="Show the demonstration's accounts on the start page")
    max_file_bytes: int = Field(default=20 * GIB, gt=0)
    plain_upload_bytes: int = Field(default=64 * MIB, gt=0, description="Largest single-request upload")
    document_bytes: int = Field(default=10 * MIB, gt=0, description="Largest document kept as evidence")
    quota_bytes: int = Field(default=1024 * GIB, gt=0, description="Raw bytes an organisation may hold")
    upload_expiry_h: float = Field(default=72.0, gt=0)
    link_expiry_s: int = Field(default=300, gt=0, le=300, description="Life of a signed link; at most five minutes")
    harvest_page: int = Field(default=100, ge=1, le=1000, description="Datasets on a page of harvest and catalogue")
    aggregate_organisations: int = Field(default=5, ge=3, description="Fewest whose values make an aggregate")
    embargo_reminder_days: int = Field(
        default=14, ge=1, le=365, description="How long before its end grants are confirmed"
    )
    spool: Path | None = Field(default=None, description="Scratch folder of workers; empty: the system's")
    spool_bytes: int = Field(default=40 * GIB, gt=0, description="Most that one worker keeps in its spool")
    workers: int = Field(default=2, ge=1, le=64, description="Ingest runs at once in one worker process")
    request_expiry_days: int = Field(default=30, ge=1, le=3650, description="A request ends unanswered after so long")
    request_reminder_days: int = Field(default=7, ge=1, le=3650, description="Its stewards are reminded after so long")
    grant_warning_days: str = Field(
        default="14,3", pattern=r"^[0-9]{1,3}(,[0-9]{1,3})*$", description="Days before a grant ends, told once each"
    )
    notification_days: int = Field(default=365, ge=1, le=36500, description="Days for which notifications are kept")
    mail: Literal["console", "smtp", "file", "off"] = Field(default="console", description="How mails leave")
    mail_from: str = Field(default="", max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$", description="Sender of mails")
    mail_host: str = Field(default="", description="SMTP server")
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_user: str | None = None
    mail_password: SecretStr | None = None
    mail_timeout_s: float = Field(default=20.0, gt=0, le=300)
    mail_attempts: int = Field(default=8, ge=1, le=50, description="Tries before a mail is given up")
    mail_folder: Path | None = Field(
        default=None, description="Where the kind 'file' writes; empty: in the data folder"
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(), description="Addresses or networks of the reverse proxies, whose X-Forwarded-For is believed"
    )
    doi_prefix: str = Field(default="", pattern=r"^(10\.[0-9]{4,9})?$", description="Prefix of DOIs; empty: none")
    datacite_url: str = Field(default="", description="REST API where DOIs are registered; empty: drafted only")
    datacite_repository: str = Field(default="", max_length=200, description="Repository account there")
    datacite_password: SecretStr | None = Field(default=None, description="Its password")
    passwords: bool = Field(default=True, description="Local accounts may sign in with a password")
    oidc: Annotated[tuple[IdentityProvider, ...], NoDecode] = Field(
        default=(), description="OpenID providers, as a JSON list"
    )
    session_idle_h: float = Field(default=8.0, gt=0, le=24 * 30, description="A session unused for so long ends")
    session_h: float = Field(default=168.0, gt=0, le=24 * 30, description="… and however used after so long")
    one_time_link_h: float = Field(default=24.0, gt=0, le=24 * 14, description="A one-time link opens for so long")
    child_memory_bytes: int = Field(default=2 * GIB, gt=0, description="Memory limit of the reading child")
    audit_address_days: int = Field(default=90, ge=1, description="Days for which the audit keeps addresses")
    audit_person_days: int = Field(default=1095, ge=1, description="Days for which the audit can name persons")
