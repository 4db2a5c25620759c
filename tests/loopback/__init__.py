"""A small Discord on loopback: REST, gateway and CDN, with people who use the bot."""

from tests.loopback.service import LoopbackDiscord as LoopbackDiscord
from tests.loopback.things import Attachment as Attachment
from tests.loopback.things import Channel as Channel
from tests.loopback.things import Message as Message
from tests.loopback.things import Person as Person
from tests.loopback.things import Press as Press
