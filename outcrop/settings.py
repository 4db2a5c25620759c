"""Read the settings: DISCORD_TOKEN, and OUTCROP_* for everything else."""

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.limits import BotLimits
from bus.embedded.address import LOOPBACK, ListenAddress
from engine.models.model_folder import is_model_path
from outcrop.errors import InvalidSetting
from pictures.limits import MEGA
from pictures.limits import Limits as PictureLimits
from pictures.recipe import AUTO

if TYPE_CHECKING:
    from engine.painter_registry import PainterRegistry

TLS_REQUIRED = (
    "OUTCROP_BUS_LISTEN opens the bus to the network. Set OUTCROP_BUS_CERTIFICATE and OUTCROP_BUS_KEY or, "
    "if you trust everyone on that network, OUTCROP_BUS_PLAINTEXT=yes."
)

SECRETS = ("DISCORD_TOKEN", "OUTCROP_BUS_URL")
"""Settings whose values are never printed."""

HOST_AND_PORT = r"^[\w.:\[\]-]*:\d{1,5}$"

_EXPECTED = {
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "yes or no",
    "literal_error": "{expected}",
    "string_pattern_mismatch": "host:port, such as 0.0.0.0:4222",
    "greater_than_equal": "at least {ge:,g}",
    "less_than_equal": "at most {le:,g}",
    "greater_than": "more than {gt:g}",
}
"""What a valid value is, by pydantic's type of error; our own validators raise a message of the same form."""


def _check_bus_url(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("nats://", "tls://")):
        raise PydanticCustomError("bus_url", "a URL such as nats://token@host:4222")
    return url


def _check_model(model: str) -> str:
    if not is_model_path(model) and not re.fullmatch(r"[a-z0-9_-]{1,32}", model):
        raise PydanticCustomError("model", "the name of a model (see `outcrop models`) or a folder")
    return model


class Settings(BaseSettings):
    """All settings, from the environment or from the file .env in the current folder."""

    model_config = SettingsConfigDict(
        env_prefix="OUTCROP_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    """The bot's token; without one, `up` opens the sandbox."""
    data: Path = Path("outcrop-data")
    """The folder of the history, the pictures and the embedded bus."""
    bus_url: Annotated[SecretStr, AfterValidator(_check_bus_url)] | None = None
    """A NATS server with JetStream, in place of the embedded one; bus/transport/url.py has the forms."""
    bus_listen: str | None = Field(default=None, pattern=HOST_AND_PORT)
    """Where the embedded bus listens for engines on other machines, as host:port; by default on loopback."""
    bus_certificate: Path | None = None
    """A PEM file; with its key, the embedded bus uses TLS."""
    bus_key: Path | None = None
    """The PEM file of the certificate's private key."""
    bus_plaintext: bool = False
    """Open the embedded bus to the network without TLS: anyone there can read pictures and token."""
    model: Annotated[str, AfterValidator(_check_model)] = AUTO
    """The painter: auto (the best that an engine has), a profile's name, or a diffusers folder."""
    pull: Literal["never", "auto"] = "never"
    """Whether a job may wait for a missing model to be downloaded."""
    config: Path | None = Field(default=None, validation_alias="OUTCROP_MODEL_CONFIG")
    """For a model in a single .safetensors file: the diffusers folder that describes it."""
    lora: Path | None = None
    """A LoRA, as a file or folder, to load on top of the configured model."""
    pickles: bool = False
    """Load weights that are pickles; these can run arbitrary code."""
    safety: Literal["off", "spoiler", "block"] = "off"
    """What to do with pictures that the model's own safety checker flags, where it has one."""
    guild: int | None = None
    """The only server in which to register commands, which takes effect at once; by default, all servers."""
    user_limit: int = Field(default=10, ge=1, le=1000)
    """The most unfinished jobs that one person may have."""
    keep_days: float | None = Field(default=None, gt=0)
    """Days after which results are deleted; by default, never."""
    max_megapixels: int = Field(default=16, ge=1, le=256)
    """The largest picture, before and after it is extended."""
    max_file_mb: int = Field(default=25, ge=1, le=500)
    """The largest file that people may send, in megabytes."""
    ack_wait: float = Field(default=30, ge=0.4, le=3600)
    """Seconds without a heartbeat after which a job goes to another engine."""
    sandbox_port: int = Field(default=8420, ge=0, le=65_535)
    """The port of the sandbox page, on loopback; 0 chooses a free one."""
    http: str | None = Field(default=None, pattern=HOST_AND_PORT)
    """Where the bot serves /healthz and /metrics, as host:port; an engine uses the next port."""
    log: Literal["text", "json"] = "text"
    """The format of log lines."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], NoDecode] = "info"
    """The lowest level that is logged."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _ignore_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def listen_address(self) -> ListenAddress | None:
        """Where the embedded bus listens beyond loopback; raises InvalidSetting."""
        if self.bus_listen is None:
            return None
        host, _, port = self.bus_listen.rpartition(":")
        if (self.bus_certificate is None) != (self.bus_key is None):
            raise InvalidSetting("OUTCROP_BUS_CERTIFICATE and OUTCROP_BUS_KEY only work together; set both.")
        if self.bus_certificate is None and not self.bus_plaintext and host != LOOPBACK:
            raise InvalidSetting(TLS_REQUIRED)
        for file in (self.bus_certificate, self.bus_key):
            if file is not None and not file.expanduser().is_file():
                raise InvalidSetting(f"OUTCROP_BUS_CERTIFICATE or OUTCROP_BUS_KEY: there is no file {file}.")
        certificate, key = (
            file and file.expanduser().resolve() for file in (self.bus_certificate, self.bus_key)
        )
        return ListenAddress(host=host, port=int(port), certificate=certificate, key=key)

    @property
    def monitoring_address(self) -> tuple[str, int] | None:
        """Where the bot serves health and metrics over HTTP."""
        if self.http is None:
            return None
        host, _, port = self.http.rpartition(":")
        return host or LOOPBACK, int(port)

    @property
    def picture_limits(self) -> PictureLimits:
        """The limits on pictures."""
        return PictureLimits(bytes=self.max_file_mb * MEGA, pixels=self.max_megapixels * MEGA)

    @property
    def bot_limits(self) -> BotLimits:
        """The limits on requests to the bot."""
        return BotLimits(
            pictures=self.picture_limits,
            unfinished_jobs=self.user_limit,
            keep=timedelta(days=self.keep_days) if self.keep_days else None,
        )

    def painters(self, *, model: str | None = None) -> "PainterRegistry":
        """Return this machine's painters, for the configured model or another one; raises ModelUnusable.

        The engine is imported here and not above: the bot reads its settings and must not load PatchMatch.
        """
        from engine.device import gpu_memory  # noqa: PLC0415
        from engine.models.load_options import LoadOptions, Safety  # noqa: PLC0415
        from engine.painter_registry import PainterRegistry  # noqa: PLC0415

        return PainterRegistry(
            model or self.model,
            config=self.config and self.config.expanduser(),
            lora=self.lora and self.lora.expanduser(),
            options=LoadOptions(allow_pickles=self.pickles, safety=Safety(self.safety)),
            may_download=self.pull == "auto",
            memory=gpu_memory(),
        )


def read_settings() -> Settings:
    """Return the settings; raises InvalidSetting."""
    try:
        return Settings()
    except ValidationError as error:
        # Without the cause: pydantic's message quotes the value, which may be a secret.
        raise InvalidSetting(_explain(error.errors()[0])) from None


def _explain(error: ErrorDetails) -> str:
    field = str(error["loc"][0])
    # pydantic reports a field with an alias by the alias, such as DISCORD_TOKEN.
    name = field if field.isupper() else f"OUTCROP_{field.upper()}"
    expected = _EXPECTED.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    given = "" if name in SECRETS else f", not {error['input']!r}"
    return f"Invalid {name}: it must be {expected}{given}."
