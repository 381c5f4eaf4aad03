"""Names and intervals of the integration."""

from datetime import timedelta
import logging
from typing import Final

LOGGER: Final = logging.getLogger(__package__)

DOMAIN: Final = "coocenter"
EVENT_COOCENTER: Final = "coocenter_event"
EVENT_CALL: Final = "coocenter_call"

CONF_WEB_KEY: Final = "web_key"
CONF_EXTENSIONS: Final = "extensions"
CONF_POLL_INTERVAL: Final = "poll_interval"
CONF_WRAP_UP: Final = "wrap_up"
CONF_TIME_ZONE: Final = "time_zone"
CONF_INTERNATIONAL_PREFIX: Final = "international_prefix"

#: An SQLAlchemy URL; a file of our own where there is none.
CONF_DATABASE_URL: Final = "database_url"
CONF_RETENTION: Final = "retention"
CONF_SERVICE_LEVEL: Final = "service_level"
CONF_ALL_MAY_LISTEN: Final = "all_may_listen"
CONF_MASK_NUMBERS: Final = "mask_numbers"
#: Where to dial from: a number, and lists of {"user"/"device": id, "extension": number}.
CONF_DEFAULT_EXTENSION: Final = "default_extension"
CONF_USER_EXTENSIONS: Final = "user_extensions"
CONF_DEVICE_EXTENSIONS: Final = "device_extensions"
CONF_EMERGENCY_BY_VOICE: Final = "emergency_by_voice"

DEFAULT_POLL_INTERVAL: Final = 30
DEFAULT_WRAP_UP: Final = 30
DEFAULT_INTERNATIONAL_PREFIX: Final = "00"
#: Days; 0 is for ever.
DEFAULT_RETENTION: Final = 365
MAX_RETENTION: Final = 36_500
#: Seconds.
DEFAULT_SERVICE_LEVEL: Final = 20

#: How long pushes may contradict each other at the end of a call before the PBX is asked.
DOUBT_LASTS: Final = timedelta(seconds=2)
#: How often the wait of a queue's callers is counted anew.
WAIT_INTERVAL: Final = timedelta(seconds=5)
#: When the paused flag is read again after a call: the PBX sets it at once, and nobody is told.
WRAP_UP_BEGINS: Final = timedelta(seconds=1)
#: How long after its due end a wrap-up is taken to be over.
WRAP_UP_MARGIN: Final = timedelta(seconds=1)

#: A part that is missing from so many polls in a row is gone; a PBX that restarts may miss one.
POLLS_UNTIL_GONE: Final = 2

ISSUE_NO_PUSHES: Final = "no_pushes"
ISSUE_OTHER_PBX: Final = "other_pbx"
ISSUE_CALL_LOG: Final = "call_log"
