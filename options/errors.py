"""What can be wrong with a request.

UserError   show it to the person: the sentence says what is wrong and what to do
"""

from pictures.errors import UserFacingError


class UserError(UserFacingError):
    """A person asked for something that does not work."""
