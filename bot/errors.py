"""What can keep the bot from doing what a person asked.

BotError
├── InvalidToken          Discord does not know our token: give up and tell whoever runs the bot
├── HistoryUnusable     the file is none of ours, or of a newer Outcrop: give up and tell them as well
├── StorageFailed       the history cannot be read or written now (a full disk): try again later
├── PictureLost         a stored picture is missing or damaged: the job fails, or the person sends it again
├── TooLargeForDiscord  no encoding of a picture is small enough: it stays in /history
└── DiscordError       Discord did not do what we asked (translated in bot/outbound/messenger.py)
    ├── RouteClosed       an expired token, no permission, a message that is gone: take the next way
    ├── TooLarge        make the files smaller and send again
    └── Unclear         nobody knows whether Discord did it: look before sending again
"""


class BotError(Exception):
    """Whatever keeps the bot from doing what a person asked."""


class InvalidToken(BotError):
    """Discord does not know our token."""


class HistoryUnusable(BotError):
    """The history's file is none of ours, or a newer Outcrop wrote it."""


class StorageFailed(BotError):
    """The history cannot be read or written now."""


class PictureLost(BotError):
    """A stored picture is missing from the disk, or its bytes have changed."""


class TooLargeForDiscord(BotError):
    """Not even the smallest encoding of a picture fits into Discord's limit."""


class DiscordError(BotError):
    """Discord did not do what we asked."""


class RouteClosed(DiscordError):
    """The interaction has expired, we are not let in, or the message is gone."""


class TooLarge(DiscordError):
    """A file or the whole request is over Discord's limit."""


class OutcomeUnknown(DiscordError):
    """Nobody knows whether Discord did it."""
