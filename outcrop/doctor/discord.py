"""Look at the bot's token and, when asked to, at what Discord says of it."""

import asyncio
import base64
import binascii
import re
from typing import Any

import aiohttp

from outcrop.doctor.check import CheckResult, failed, passed, skipped
from outcrop.settings import Settings

API = "https://discord.com/api/v10/applications/@me"

ANSWER_WITHIN = 5.0

GET_ONE = "https://discord.com/developers/applications → your application → Bot → Reset Token"

_TOKEN = re.compile(r"(?P<id>[\w-]{18,})\.[\w-]{5,}\.[\w-]{20,}")


def application_in(token: str) -> int | None:
    """Return the application id that a bot's token begins with; None if it has not the form of one."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    padded = found["id"] + "=" * (-len(found["id"]) % 4)
    try:
        return int(base64.urlsafe_b64decode(padded).decode("ascii"))
    except (binascii.Error, ValueError):
        return None


def check_token(settings: Settings) -> CheckResult:
    """Return whether the token can be one."""
    if settings.discord_token is None:
        return skipped("Token", f"no DISCORD_TOKEN; the sandbox needs none. Get one: {GET_ONE}.")
    application = application_in(settings.discord_token.get_secret_value())
    if application is None:
        return failed("Token", f"DISCORD_TOKEN has not the form of a bot's token. Get one: {GET_ONE}.")
    return passed("Token", f"has the form of one, for application {application} (--online asks Discord).")


async def check_discord(settings: Settings) -> list[CheckResult]:
    """Return what Discord says of the token, the bot's intents, and how to invite it."""
    from bot.invite_link import invite_link

    if settings.discord_token is None:
        return [failed("Discord", f"there is no DISCORD_TOKEN to ask with. Get one: {GET_ONE}.")]
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    try:
        async with (
            asyncio.timeout(ANSWER_WITHIN),
            aiohttp.ClientSession(trust_env=True) as session,
            session.get(API, headers=headers) as response,
        ):
            if response.status == 401:
                return [failed("Discord", f"does not accept DISCORD_TOKEN. Get a new one: {GET_ONE}.")]
            response.raise_for_status()
            application: dict[str, Any] = await response.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        return [
            failed("Discord", f"does not answer ({type(error).__name__}); see that this machine reaches it.")
        ]
    return [
        passed(
            "Discord", f"knows {application['name']} ({application['id']}); no privileged intent is needed."
        ),
        passed("Invite", invite_link(int(application["id"]))),
    ]
