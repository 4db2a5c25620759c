"""A small Discord on loopback: REST, gateway and CDN, with people who use the bot."""

from tests.fake_discord.service import LoopbackDiscord as LoopbackDiscord
from tests.fake_discord.things import Attachment as Attachment
from tests.fake_discord.things import Channel as Channel
from tests.fake_discord.things import Message as Message
from tests.fake_discord.things import Person as Person
from tests.fake_discord.things import Press as Press
