"""What can go wrong between us and the PBX."""


class CooCenterError(Exception):
    """Base of everything the protocol package raises."""


class ConnectionFailed(CooCenterError):
    """The PBX could not be reached, did not answer in time, or is not working."""


class AuthenticationFailed(CooCenterError):
    """The PBX refused the Web Key on every date that may be its today."""


class BadReply(CooCenterError):
    """The answer was not what a CooCenter says."""


class Refused(CooCenterError):
    """The PBX understood and said no; the text is its own."""


class NotDialable(CooCenterError):
    """A text is not a number that may be sent to the PBX."""
