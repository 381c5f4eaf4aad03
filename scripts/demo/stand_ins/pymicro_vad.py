"""Stand in for pymicro-vad, which tells speech from noise."""


class MicroVad:
    """Be there for the import; nobody speaks into this Home Assistant."""
