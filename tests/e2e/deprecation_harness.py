"""What Home Assistant, Python and libraries say of our code that will not work for ever."""

import re

_SOON_GONE = re.compile(r"deprecat|will stop working|will be removed|detected that", re.IGNORECASE)
#: Our code's path, or our name as a word of its own: it is also in the paths of clones of this repository.
_OURS = re.compile(r"custom_components[./]coocenter|(?<![\w./-])coocenter(?![\w/-])")


def deprecations(log: str) -> list[str]:
    """Return the lines of a log that warn of something which the integration uses."""
    return [line for line in log.splitlines() if _SOON_GONE.search(line) and _OURS.search(line)]
