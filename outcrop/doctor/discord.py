"""Check the bot's token and, if asked to, what Discord says about it."""

import asyncio
import base64
import binascii
import re
from typing import Any

import aiohttp

from outcrop.doctor.check import CheckResult, failed, passed, skipped
from outcrop.settings import Settings

API = "https://discord.com/api/v10/applications/@me"

REQUEST_TIMEOUT = 5.0
"""Seconds for Discord to answer."""

PORTAL_PATH = "https://discord.com/developers/applications → your application → Bot → Reset Token"

NOT_A_TOKEN = (
    f"DISCORD_TOKEN doesn’t look like a bot token (three parts joined by dots). Get one: {PORTAL_PATH}."
)

_TOKEN = re.compile(r"(?P<id>[\w-]{18,})\.[\w-]{5,}\.[\w-]{20,}")


def application_in(token: str) -> int | None:
    """Return the application id that a bot token starts with, in base64; None if it is no bot token."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    # Tokens leave out base64's padding, which Python insists on.
    padded = match["id"] + "=" * (-len(match["id"]) % 4)
    try:
        return int(base64.urlsafe_b64decode(padded).decode("ascii"))
    except (binascii.Error, ValueError):
        return None


def check_token(settings: Settings) -> CheckResult:
    """Check the form of the token, without a network."""
    if settings.discord_token is None:
        return skipped("Token", f"DISCORD_TOKEN is not set; the sandbox needs none. Get one: {PORTAL_PATH}.")
    application = application_in(settings.discord_token.get_secret_value())
    if application is None:
        return failed("Token", NOT_A_TOKEN)
    return passed("Token", f"looks valid, for application {application} (--online checks it with Discord).")


async def check_discord(settings: Settings) -> list[CheckResult]:
    """Check that Discord accepts the token, and return the link that invites the bot."""
    from bot.invite_link import invite_link

    if settings.discord_token is None:
        return [failed("Discord", f"not asked, as DISCORD_TOKEN is not set. Get one: {PORTAL_PATH}.")]
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    try:
        async with (
            asyncio.timeout(REQUEST_TIMEOUT),
            # aiohttp ignores HTTPS_PROXY unless it is told to trust the environment.
            aiohttp.ClientSession(trust_env=True) as session,
            session.get(API, headers=headers) as response,
        ):
            if response.status == 401:
                return [failed("Discord", f"does not accept DISCORD_TOKEN. Get a new one: {PORTAL_PATH}.")]
            response.raise_for_status()
            application: dict[str, Any] = await response.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        return [failed("Discord", f"does not answer ({type(error).__name__}). Check this machine’s network.")]
    return [
        passed(
            "Discord", f"accepts {application['name']} ({application['id']}); no privileged intent is needed."
        ),
        passed("Invite", invite_link(int(application["id"]))),
    ]
