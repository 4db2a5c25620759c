"""What the person who runs Outcrop may set: DISCORD_TOKEN, and OUTCROP_* for all else."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.limits import BotLimits
from bus.embedded.address import LOOPBACK, ListenAddress
from engine.models.model_folder import is_model_path
from pictures.limits import MEGA
from pictures.limits import Limits as PictureLimits
from pictures.recipe import AUTO

OPEN = (
    "OUTCROP_BUS_LISTEN opens the bus to the network: name a certificate with OUTCROP_BUS_CERTIFICATE and "
    "OUTCROP_BUS_KEY or, if you trust everybody there, set OUTCROP_BUS_PLAINTEXT=yes."
)

SECRETS = ("DISCORD_TOKEN", "OUTCROP_BUS_URL")
"""Settings whose values are never said."""


class InvalidSetting(Exception):
    """A setting has a value that does not work; the text is one line that names it."""


def _address(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("nats://", "tls://")):
        raise PydanticCustomError("address", "it is no address such as nats://token@host:4222")
    return url


def _model(model: str) -> str:
    if not is_model_path(model) and not re.fullmatch(r"[a-z0-9_-]{1,32}", model):
        raise PydanticCustomError(
            "model", "it is neither the name of a model nor a folder; see `outcrop models`"
        )
    return model


class Settings(BaseSettings):
    """Every setting, from the environment or from the file .env in this folder."""

    model_config = SettingsConfigDict(
        env_prefix="OUTCROP_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    """The bot's token; without one `up` opens the sandbox."""
    data: Path = Path("outcrop-data")
    """The folder of history, pictures and the embedded bus."""
    bus_url: Annotated[SecretStr, AfterValidator(_address)] | None = None
    """A NATS server with JetStream to use instead of the embedded one, in a form of bus/transport/url.py."""
    bus_listen: str | None = Field(default=None, pattern=r"^[\w.:\[\]-]*:\d{1,5}$")
    """Where the embedded bus listens, as host:port, for engines on other machines; otherwise on loopback."""
    bus_certificate: Path | None = None
    """A PEM file; with its key, the embedded bus speaks TLS."""
    bus_key: Path | None = None
    """The PEM file of the certificate's private key."""
    bus_plaintext: bool = False
    """Open the embedded bus to the network without TLS: everybody there can read pictures and token."""
    model: Annotated[str, AfterValidator(_model)] = AUTO
    """Who paints: auto (the best that an engine has), a profile's name, or a folder of diffusers."""
    pull: Literal["never", "auto"] = "never"
    """Whether a job may wait until a missing model has been brought here."""
    config: Path | None = Field(default=None, validation_alias="OUTCROP_MODEL_CONFIG")
    """For a model in one .safetensors file: a folder of diffusers that says what is in it."""
    lora: Path | None = None
    """A LoRA, file or folder, on top of the model that is named."""
    pickles: bool = False
    """Read weights that are pickles; they can run any code."""
    safety: Literal["off", "spoiler", "block"] = "off"
    """What becomes of pictures that the model's own safety checker flags, where it has one."""
    guild: int | None = None
    """The one server to register commands in, at once; otherwise everywhere."""
    user_limit: int = Field(default=10, ge=1, le=1000)
    """Unfinished jobs of one person."""
    keep_days: float | None = Field(default=None, gt=0)
    """Days until results are deleted; otherwise never."""
    max_megapixels: int = Field(default=16, ge=1, le=256)
    """The largest picture, before and after it grows."""
    max_file_mb: int = Field(default=25, ge=1, le=500)
    """The largest file that people may send."""
    ack_wait: float = Field(default=30, ge=0.4, le=3600)
    """Seconds without a heartbeat after which a job goes to another engine."""
    sandbox_port: int = Field(default=8420, ge=0, le=65_535)
    """The port on loopback of the sandbox's page; 0 = any that is free."""
    http: str | None = Field(default=None, pattern=r"^[\w.:\[\]-]*:\d{1,5}$")
    """Where the bot shows /healthz and /metrics, as host:port, and an engine on the next port."""
    log: Literal["text", "json"] = "text"
    """How log lines are written."""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], NoDecode] = "info"
    """How much is logged."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def listen(self) -> ListenAddress | None:
        """Where the embedded bus listens beyond loopback; raises InvalidSetting."""
        if self.bus_listen is None:
            return None
        host, _, port = self.bus_listen.rpartition(":")
        if (self.bus_certificate is None) != (self.bus_key is None):
            raise InvalidSetting("OUTCROP_BUS_CERTIFICATE and OUTCROP_BUS_KEY only work together; set both.")
        if self.bus_certificate is None and not self.bus_plaintext and host != LOOPBACK:
            raise InvalidSetting(OPEN)
        for file in (self.bus_certificate, self.bus_key):
            if file is not None and not file.expanduser().is_file():
                raise InvalidSetting(f"OUTCROP_BUS_CERTIFICATE or OUTCROP_BUS_KEY: there is no file {file}.")
        certificate, key = (
            file and file.expanduser().resolve() for file in (self.bus_certificate, self.bus_key)
        )
        return ListenAddress(host=host, port=int(port), certificate=certificate, key=key)

    @property
    def watch(self) -> tuple[str, int] | None:
        """Where the bot is watched over HTTP."""
        if self.http is None:
            return None
        host, _, port = self.http.rpartition(":")
        return host or LOOPBACK, int(port)

    @property
    def pictures(self) -> PictureLimits:
        """The limits on pictures."""
        return PictureLimits(bytes=self.max_file_mb * MEGA, pixels=self.max_megapixels * MEGA)

    @property
    def limits(self) -> BotLimits:
        """The limits on what the bot takes on."""
        return BotLimits(
            pictures=self.pictures,
            unfinished_jobs=self.user_limit,
            keep=timedelta(days=self.keep_days) if self.keep_days else None,
        )


def read_settings() -> Settings:
    """Return the settings; raises InvalidSetting."""
    try:
        return Settings()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = str(first["loc"][0])
        name = field if field.isupper() else f"OUTCROP_{field.upper()}"
        value = "" if name in SECRETS else f" (it is {first['input']!r})"
        raise InvalidSetting(f"{name} does not work: {first['msg']}{value}.") from None
