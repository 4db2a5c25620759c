"""The errors of the bot.

BotError
├── InvalidToken        Discord does not accept the token: stop, and tell whoever runs the bot
├── HistoryUnusable     the file is not a history, or a newer Outcrop wrote it: stop, and tell them too
├── StorageFailed       the history cannot be read or written now (a full disk): try again later
├── PictureLost         a stored picture is missing or damaged: the job fails, or the person sends it again
├── TooLargeForDiscord  no encoding of a picture is small enough: it stays in /history
└── DiscordError        Discord did not do what it was asked (translated in bot/outbound/messenger.py)
    ├── RouteClosed     an expired token, no permission, a message that is gone: try the next route
    ├── TooLarge        over Discord's size limit: make the files smaller and send again
    └── OutcomeUnknown  the request may have succeeded: check before sending again
"""


class BotError(Exception):
    """The root of the bot's errors."""


class InvalidToken(BotError):
    """Discord does not accept the token."""


class HistoryUnusable(BotError):
    """The history's file is not one of Outcrop's, or a newer Outcrop wrote it."""


class StorageFailed(BotError):
    """The history cannot be read or written now."""


class PictureLost(BotError):
    """A stored picture is missing from the disk, or its bytes have changed."""


class TooLargeForDiscord(BotError):
    """Not even the smallest encoding of a picture fits into Discord's limit."""


class DiscordError(BotError):
    """Discord did not do what it was asked."""


class RouteClosed(DiscordError):
    """The interaction has expired, the bot lacks a permission, or the message is gone."""


class TooLarge(DiscordError):
    """A file or the whole request is over Discord's limit."""


class OutcomeUnknown(DiscordError):
    """The request may have succeeded: the answer was lost, or Discord failed midway."""
