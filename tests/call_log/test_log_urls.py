"""What an office may enter as the URL of its database, and is none."""

import pytest

from custom_components.coocenter.call_log import LogUnavailable, Trouble, try_database

URLS = [
    "no url",
    "nosuchdatabase://host/calls",
    "sqlite:////no/such/folder/calls.db",
    "postgresql://user@127.0.0.1:port/calls",
    "postgresql://user@127.0.0.1:1/calls",
    "postgresql://user@127.0.0.1:1/calls?nosuch=1",
    "mysql+pymysql://user@127.0.0.1:1/calls",
    "mysql+pymysql://user@127.0.0.1:1/calls?nosuch=1",
    "mysql+nosuchdriver://user@127.0.0.1/calls",
]


@pytest.mark.parametrize("url", URLS)
def test_what_is_no_database_is_unavailable(url: str, socket_enabled: None) -> None:
    with pytest.raises(LogUnavailable) as raised:
        try_database(url)
    assert raised.value.trouble is Trouble.UNAVAILABLE
