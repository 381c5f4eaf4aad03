"""The Web Key is sent as the digest of the PBX's date, whatever our clock says; a wrong one is soon given up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web
from pbx_harness import KEY, Clock, Connect, FakePbx, error, key_of, ok
import pytest

from custom_components.coocenter.pbx import AuthenticationFailed, CooCenterClient, Refused, is_authentic, possible_days

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)

REFUSALS: dict[str, Callable[[], web.Response]] = {
    "401": lambda: web.Response(status=401),
    "403 with a page": lambda: web.Response(status=403, text="<html>"),
    "401 with JSON": lambda: error("no", 401),
    "unauthorized": lambda: web.json_response({"status": "unauthorized"}),
    "Unauthorized": lambda: web.json_response({"status": "Unauthorized", "message": "?"}),
    "an error of authentication": lambda: error("Authentication failed"),
    "an error of authorisation": lambda: error("you are not authorised"),
    "an error about the key": lambda: error("Invalid Web Key", 400),
}


@pytest.fixture
def keyed(fake: FakePbx, connect: Connect) -> CooCenterClient:
    return connect(fake.url, KEY)


async def test_the_digest_is_bare_lower_case_hex_of_key_and_date(fake: FakePbx, keyed: CooCenterClient) -> None:
    await keyed.blacklist()
    # What `printf sesame2026-11-23 | md5sum` says.
    assert fake.asked[0].headers["Authorization"] == "aa276a2ac3623de57e81ce313093f512"


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_wrong_key_is_given_up_after_the_days_that_can_be(
    fake: FakePbx, keyed: CooCenterClient, refusal: str
) -> None:
    fake.answer = lambda request: REFUSALS[refusal]()
    with pytest.raises(AuthenticationFailed):
        await keyed.hang_up("801")
    sent = [asked.headers["Authorization"] for asked in fake.asked]
    assert sent[0] == key_of(TODAY)
    assert {key_of(TODAY + DAY), key_of(TODAY - DAY)} <= set(sent)
    assert len(sent) == len(set(sent)) <= 9
    assert keyed.today() == TODAY


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_without_a_key_one_refusal_is_enough(fake: FakePbx, client: CooCenterClient, refusal: str) -> None:
    fake.answer = lambda request: REFUSALS[refusal]()
    with pytest.raises(AuthenticationFailed):
        await client.blacklist()
    assert len(fake.asked) == 1


async def test_an_error_that_is_not_about_the_key_costs_one_request(fake: FakePbx, keyed: CooCenterClient) -> None:
    fake.answer = lambda request: error("Interface not found")
    with pytest.raises(Refused):
        await keyed.pause_agent("630", "899", paused=True)
    assert len(fake.asked) == 1


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("days", [-1, 1])
async def test_a_neighbouring_day_is_found_and_remembered(
    fake: FakePbx, keyed: CooCenterClient, days: int, refusal: str
) -> None:
    theirs = TODAY + days * DAY
    fake.wants(theirs, refusal=REFUSALS[refusal])
    await keyed.dial("801", "802")
    assert 2 <= len(fake.asked) <= 4
    assert keyed.today() == theirs
    fake.asked.clear()
    await keyed.dial("801", "802")
    assert len(fake.asked) == 1


@pytest.mark.parametrize("hours", [-26 * 365, -26, 26, 1000])
async def test_a_clock_that_is_far_off_is_read_from_the_reply(
    fake: FakePbx, keyed: CooCenterClient, clock: Clock, hours: int
) -> None:
    theirs = clock.time + timedelta(hours=hours)
    date_header = {"Date": format_datetime(theirs)}
    fake.wants(theirs.date(), refusal=lambda: web.Response(status=401, headers=date_header))
    await keyed.blacklist()
    assert len(fake.asked) == 2
    await keyed.blacklist()
    assert len(fake.asked) == 3
    assert keyed.today() == theirs.date()


@pytest.mark.parametrize("hours", [-14, 14])
async def test_the_date_header_may_be_the_day_beside(
    fake: FakePbx, keyed: CooCenterClient, clock: Clock, hours: int
) -> None:
    """The header is in Greenwich's time, the digest in the PBX's, and its clock is a month off."""
    greenwich = clock.time - timedelta(days=30)
    local = (greenwich + timedelta(hours=hours)).date()
    assert local != greenwich.date()
    fake.wants(local, refusal=lambda: web.Response(status=401, headers={"Date": format_datetime(greenwich)}))
    await keyed.blacklist()
    assert len(fake.asked) <= 8
    fake.asked.clear()
    await keyed.blacklist()
    assert len(fake.asked) == 1


@pytest.mark.parametrize("header", ["", "yesterday", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 32 Foo 2026 99:99:99 GMT"])
async def test_a_strange_date_header_is_no_help_and_no_harm(fake: FakePbx, keyed: CooCenterClient, header: str) -> None:
    fake.wants(TODAY + DAY, refusal=lambda: web.Response(status=401, headers={"Date": header}))
    await keyed.blacklist()
    assert keyed.today() == TODAY + DAY


@pytest.mark.parametrize(("ours", "theirs"), [(0, -120), (0, 120), (-5, 5)], ids=["behind", "ahead", "in between"])
async def test_midnight_costs_no_error(
    fake: FakePbx, keyed: CooCenterClient, clock: Clock, ours: int, theirs: int
) -> None:
    """Ask every 30 s while first one clock and then the other passes midnight."""
    midnight = datetime(2026, 11, 24, tzinfo=clock.time.tzinfo)
    polls = range(-600, 600, 30)
    for second in polls:
        clock.time = midnight + timedelta(seconds=second + ours)
        fake.wants((midnight + timedelta(seconds=second + theirs)).date())
        await keyed.blacklist()
    # Each clock's midnight may cost a search, nothing else does.
    assert len(fake.asked) <= len(polls) + 2 * 4
    assert keyed.today() == date(2026, 11, 24)


async def test_the_offset_wanders_on_with_our_days(fake: FakePbx, keyed: CooCenterClient, clock: Clock) -> None:
    fake.wants(TODAY - DAY)
    await keyed.blacklist()
    fake.asked.clear()
    clock.time += 7 * DAY
    fake.wants(TODAY + 6 * DAY)
    await keyed.blacklist()
    assert len(fake.asked) == 1


async def test_questions_that_fall_back_on_post_find_the_day_too(fake: FakePbx, keyed: CooCenterClient) -> None:
    def answer(request: web.Request) -> web.Response:
        if request.headers["Authorization"] != key_of(TODAY - DAY):
            return web.Response(status=401)
        return ok([]) if request.method == "POST" else web.Response(status=405)

    fake.answer = answer
    assert await keyed.current_calls() == ()
    fake.asked.clear()
    await keyed.current_calls()
    assert len(fake.asked) == 1


def test_the_days_that_can_be_are_the_anchors_and_their_neighbours_once() -> None:
    assert list(possible_days(TODAY, TODAY - DAY)) == [TODAY, TODAY - DAY, TODAY + DAY, TODAY - 2 * DAY]


@pytest.mark.parametrize(
    ("header", "authentic"),
    [
        (key_of(TODAY), True),
        (f" {key_of(TODAY).upper()} ", True),
        (key_of(TODAY - DAY), True),
        (key_of(TODAY + 2 * DAY), False),
        (key_of(TODAY, "other"), False),
        (f"Bearer {key_of(TODAY)}", False),
        ("", False),
        ("\udcff", False),
        ("é", False),
    ],
)
def test_a_pushs_header_is_right_on_the_days_that_can_be(header: str, authentic: bool) -> None:
    assert is_authentic(header, KEY, possible_days(TODAY)) is authentic


def test_the_key_may_have_any_letters() -> None:
    assert is_authentic(key_of(TODAY, "密钥"), "密钥", [TODAY])
