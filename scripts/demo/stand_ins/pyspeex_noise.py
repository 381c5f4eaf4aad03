"""Stand in for pyspeex-noise, which takes noise out of speech."""


class AudioProcessor:
    """Be there for the import; nobody speaks into this Home Assistant."""
