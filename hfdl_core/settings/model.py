"""The settings themselves: every field with its default, and what Redis they mean."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from hfdl_core.errors import SettingsError
from hfdl_core.logs import LogFormat
from hfdl_core.models import DownloaderChoice
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings.gathering import SECRET_FIELDS, gather
from hfdl_core.settings.sources import Layer
from hfdl_core.settings.values import (
    Connections,
    Downloader,
    ExistingFile,
    Format,
    HttpUrl,
    Limit,
    Location,
    Locations,
    LogLevel,
    Password,
    Patience,
    Port,
    ProxyUrl,
    ProxyUrls,
    Secret,
    StallSeconds,
    Switch,
    Text,
    WorkerId,
)

_DEFAULT_HOST: Final = "127.0.0.1"
_DEFAULT_PORT: Final = 6379


@dataclass(frozen=True, slots=True)
class _Said:
    """How the user named each field that was set; settings are equal however they were given."""

    names: Mapping[str, str] = field(default_factory=dict, compare=False)


class Settings(BaseModel):
    """Read once, at the top; rooms below take the plain values that they use.

    A field `redis_host` is the option `--redis-host`, the variable `HFDL_REDIS_HOST` and the
    config key `redis_host`. The fields `hf_*` are the Hub's own variables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    config: Location | None = None

    redis_url: Secret | None = None
    redis_host: Text | None = None
    redis_port: Port | None = None
    redis_username: Text | None = None
    redis_password: Password | None = None
    redis_password_file: Location | None = None  # its first line has become redis_password
    redis_ca_file: ExistingFile | None = None

    log_level: LogLevel = "INFO"
    log_format: Format = LogFormat.TEXT

    worker_id: WorkerId | None = None
    output_dir: Location = Path()
    allow_path: Locations = ()
    connections: Connections = 2
    grace_seconds: Patience = 30.0  # spoken: grace
    exit_when_idle_seconds: Patience | None = None  # spoken: exit_when_idle
    scratch: Location | None = None
    collector_url: HttpUrl | None = None
    collector_proxy: ProxyUrl | None = None
    collector_ca_file: ExistingFile | None = None  # that signed the collector's certificate
    collector_port: Port | None = None
    collector_cert: ExistingFile | None = None  # with it the collector speaks TLS
    collector_key: ExistingFile | None = None

    downloader: Downloader = DownloaderChoice.AUTO
    limit_rate: Limit = None  # a rate, or one for each hour of the week
    stall_seconds: StallSeconds = 60.0
    proxy: ProxyUrls = ()  # each is a lane
    ca_file: ExistingFile | None = None
    user_agent: Text = Field(default_factory=lambda: f"hfdl/{version('hfdl-tui')}")

    hf_endpoint: HttpUrl = "https://huggingface.co"
    hf_token: Secret | None = None
    hf_home: Location
    hf_hub_cache: Location
    hf_hub_offline: Switch = False

    warnings: tuple[str, ...] = ()  # no setting: what to tell the user once logging is set up
    _said: _Said = PrivateAttr(default_factory=_Said)

    @classmethod
    def load(cls, options: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> Self:
        """Put all sources together; option names are the fields' or the command line's own.

        SettingsError is one line that names the setting as its user wrote it.
        """
        gathered = gather(options, environ, cls.model_fields.keys() - {"warnings"})
        values: dict[str, object] = {field: given.value for field, given in gathered.layer.items()}
        try:
            settings = cls.model_validate({**values, "warnings": gathered.warnings})
        except ValidationError as error:
            raise _refused(error, gathered.layer) from error
        said = {field: given.said(secret=True) for field, given in gathered.layer.items()}
        settings._said = _Said(said)  # noqa: SLF001 - it is this class' own
        _check_redis_address(settings, gathered.layer)
        return settings

    def said(self, field: str) -> str | None:
        """Where the value comes from, as its user wrote it (`--redis-url`); None: a default."""
        return self._said.names.get(field)

    def redis_target(self) -> RedisTarget | None:
        """The configured Redis; None when neither URL nor host nor port is set."""
        if self.redis_url is not None:
            target = RedisTarget.from_url(self.redis_url)
        elif self.redis_host is not None or self.redis_port is not None:
            host, port = self.redis_host or _DEFAULT_HOST, self.redis_port or _DEFAULT_PORT
            target = RedisTarget(host=host, port=port, tls=self.redis_ca_file is not None)
        else:
            return None
        return replace(
            target,
            username=self.redis_username or target.username,
            password=self.redis_password or target.password,
            ca_file=self.redis_ca_file,
        )

    def secrets(self) -> tuple[str, ...]:
        """Values that must appear in no log, error or process list."""
        plain = [self.redis_password, self.hf_token]
        urls = [self.redis_url, self.collector_proxy, *self.proxy]
        passwords = [urlsplit(url.get_secret_value()).password for url in urls if url]
        found = [secret.get_secret_value() for secret in plain if secret]
        return tuple(found + [unquote(password) for password in passwords if password])


def _check_redis_address(settings: Settings, layer: Layer) -> None:
    """So that a wrong address is told now, with the setting's name, and not at first use."""
    try:
        target = settings.redis_target()
    except SettingsError as error:
        raise SettingsError(f"{layer['redis_url'].said(secret=True)}: {error}") from error
    if target is not None and target.ca_file is not None and not target.tls:
        said = layer["redis_ca_file"].said(secret=False)
        raise SettingsError(f"{said}: is for rediss:// addresses, and this one is not")


def _refused(error: ValidationError, layer: Layer) -> SettingsError:
    """The first complaint; secrets are named without their value."""
    complaint = error.errors(include_url=False, include_context=False)[0]
    field = str(complaint["loc"][0])
    reason = complaint["msg"].removeprefix("Value error, ")
    given = layer.get(field)
    said = field if given is None else given.said(secret=field in SECRET_FIELDS)
    return SettingsError(f"{said}: {reason}")
