"""What becomes of a test whose database server is not installed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
import os

import pytest

from scripts.measure.databases import ServerAbsent


@contextmanager
def present[T](server: AbstractContextManager[T]) -> Iterator[T]:
    """Run the server, or skip the test where it is absent; `scripts/test --databases` has it fail instead."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server)
        except ServerAbsent as absent:
            reason = str(absent)
        else:
            yield running
            return
    if os.environ.get("COOCENTER_DATABASES") == "required":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
