"""A fake Discord on 127.0.0.1 (REST, gateway, CDN) with users who use the bot."""

from tests.fake_discord.models import Attachment as Attachment
from tests.fake_discord.models import Channel as Channel
from tests.fake_discord.models import Interaction as Interaction
from tests.fake_discord.models import Message as Message
from tests.fake_discord.models import User as User
from tests.fake_discord.server import FakeDiscord as FakeDiscord
