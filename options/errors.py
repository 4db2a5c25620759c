"""What can be wrong with a request.

UserError   its sentence tells the person what is wrong and what to do
"""

from pictures.errors import UserFacingError


class UserError(UserFacingError):
    """A person asked for something that does not work."""
