"""What can be wrong with a request.

OptionsError
└── UserError   show it to the person: the sentence says what is wrong and what to do
"""


class OptionsError(Exception):
    """A request that cannot be carried out as it was made."""


class UserError(OptionsError):
    """A person asked for something that does not work; the text is for them."""
