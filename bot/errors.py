"""What can keep the bot from doing what a person asked.

BotError
├── Refused             show it to the person: the sentence says what is wrong and what to do
├── WrongToken          Discord does not know our token: give up and tell whoever runs the bot
├── HistoryUnusable     the file is none of ours, or of a newer Outcrop: give up and tell them as well
├── StorageFailed       the history cannot be read or written now (a full disk): try again later
└── DiscordAnswer       Discord did not do what we asked (translated in bot/messenger.py)
    ├── WayClosed       an expired token, no permission, a message that is gone: take the next way
    ├── TooLarge        make the files smaller and send again
    └── Unclear         nobody knows whether Discord did it: look before sending again
"""


class BotError(Exception):
    """Whatever keeps the bot from doing what a person asked."""


class Refused(BotError):
    """The person asked for something that does not work; the text is for them."""


class WrongToken(BotError):
    """Discord does not know our token."""


class HistoryUnusable(BotError):
    """The history's file is none of ours, or a newer Outcrop wrote it."""


class StorageFailed(BotError):
    """The history cannot be read or written now."""


class DiscordAnswer(BotError):
    """Discord did not do what we asked."""


class WayClosed(DiscordAnswer):
    """The interaction has expired, we are not let in, or the message is gone."""


class TooLarge(DiscordAnswer):
    """A file or the whole request is over Discord's limit."""


class Unclear(DiscordAnswer):
    """Nobody knows whether Discord did it."""
