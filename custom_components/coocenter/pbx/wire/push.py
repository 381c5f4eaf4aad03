"""From the fields of a push to an event, in both generations' spelling (protocol.md, Active part and Gen 2)."""

from collections.abc import Callable

from ..events import (
    CallDetail,
    DialBegin,
    DialEnd,
    Event,
    ExtensionStatus,
    Hangup,
    IvrSelection,
    QueueCallDetail,
    Unknown,
)
from ..model import DialStatus, Direction, Disposition, MissCause, Party
from . import fields as read
from .body import Fields, read_event

_MAX_UNKNOWN_FIELDS = 50

_DIAL_STATUSES = {
    "ANSWER": DialStatus.ANSWER,
    "BUSY": DialStatus.BUSY,
    "NOANSWER": DialStatus.NO_ANSWER,
    "CANCEL": DialStatus.CANCEL,
    "CONGESTION": DialStatus.CONGESTION,
    "CHANUNAVAIL": DialStatus.UNAVAILABLE,
    "ABORT": DialStatus.ABORTED,
    "HANGUP": DialStatus.HANGUP,
}
_DIRECTIONS = {
    "in": Direction.INBOUND,
    "inbound": Direction.INBOUND,
    "incoming": Direction.INBOUND,
    "out": Direction.OUTBOUND,
    "outbound": Direction.OUTBOUND,
    "outgoing": Direction.OUTBOUND,
}
#: Gen 2 says a disposition with the words of a dial status.
_DISPOSITIONS = {
    "answer": Disposition.ANSWERED,
    "cancel": Disposition.NO_ANSWER,
    "abort": Disposition.NO_ANSWER,
    "congestion": Disposition.FAILED,
    "chanunavail": Disposition.FAILED,
}


def parse(raw: bytes, content_type: str = "") -> Event | None:
    """Return the pushed event, None for bytes that hold none; never raises."""
    fields = read_event(raw, content_type)
    # Any bytes with a & among them are a form; an event says what it is.
    if not fields or not (name := read.text(fields, "event").lower()):
        return None
    return _PARSERS.get(name, _unknown)(fields)


def _mac(fields: Fields) -> str:
    return read.text(fields, "mac").lower().replace("-", ":")


def _dial_begin(fields: Fields) -> Event:
    return DialBegin(
        timestamp=read.text(fields, "timestamp"),
        channel=read.text(fields, "channel"),
        caller=read.number(fields, "calleridnum"),
        destination_channel=read.text(fields, "destchannel"),
        destination=read.number(fields, "destcalleridnum", "destexten"),
        destination_uniqueid=read.text(fields, "destuniqueid"),
        dial_string=read.text(fields, "dialstring"),
        uniqueid=read.text(fields, "uniqueid"),
        mac=_mac(fields),
    )


def _dial_end(fields: Fields) -> Event:
    return DialEnd(
        timestamp=read.text(fields, "timestamp"),
        channel=read.text(fields, "channel"),
        caller=read.number(fields, "calleridnum"),
        destination_channel=read.text(fields, "destchannel"),
        destination=read.number(fields, "destcalleridnum", "destexten"),
        uniqueid=read.text(fields, "uniqueid"),
        status=_DIAL_STATUSES.get(read.text(fields, "dialstatus").upper(), DialStatus.OTHER),
    )


def _hangup(fields: Fields) -> Event:
    return Hangup(
        uniqueid=read.text(fields, "uniqueid"),
        caller=read.party(fields, "calleridnum", "calleridname"),
        connected=read.party(fields, "connectedlinenum", "connectedlinename"),
    )


def _extension_status(fields: Fields) -> Event:
    return ExtensionStatus(
        extension=read.text(fields, "exten", "extension"),
        # Older firmware sends the text alone.
        activity=read.activity(fields, "status", "statustext"),
    )


def _ivr(fields: Fields) -> Event:
    return IvrSelection(
        uniqueid=read.text(fields, "uuid", "uniqueid"),
        caller=read.number(fields, "caller"),
        called=read.number(fields, "called"),
        queue=read.text(fields, "queuecode"),
        ivr_id=read.text(fields, "ivrid"),
        ivr_name=read.text(fields, "ivrname"),
        digits=read.text(fields, "ivrdtmf"),
        did=read.text(fields, "trunknumber"),
        started=read.moment(fields, "starttime"),
        ended=read.moment(fields, "endtime"),
        duration=read.integer(fields, "duration"),
        mac=_mac(fields),
    )


def _cdr(fields: Fields) -> Event:
    source = read.number(fields, "source", "src")
    caller = read.caller_id(fields, "callerid")
    if "callerid" not in fields:
        caller = Party(source, read.number(fields, "srcname"))
    elif caller.name and not caller.number:
        # Who withholds the number withholds the name as well.
        caller = Party(source, "" if caller.name == source else caller.name)
    return CallDetail(
        uniqueid=read.text(fields, "uniqueid"),
        caller=caller,
        source=source,
        destination=read.number(fields, "destination", "dst"),
        destination_name=read.number(fields, "dstname"),
        started=read.moment(fields, "starttime", "start"),
        answered=read.moment(fields, "answertime", "answer"),
        ended=read.moment(fields, "endtime", "end"),
        disposition=_disposition(fields),
        duration=read.integer(fields, "duration"),
        billable=read.integer(fields, "billableseconds", "billsec"),
        direction=_DIRECTIONS.get(read.text(fields, "calltype").lower(), Direction.INTERNAL),
        recording=read.text(fields, "recordfile", "record_filename"),
    )


def _disposition(fields: Fields) -> Disposition | None:
    names = ("disposition", "status")
    return read.word(Disposition, fields, *names) or _DISPOSITIONS.get(read.text(fields, *names).lower())


def _cc_cdr(fields: Fields) -> Event:
    return QueueCallDetail(
        uniqueid=read.text(fields, "uuid", "uniqueid"),
        caller=read.number(fields, "caller"),
        called=read.number(fields, "called"),
        queue=read.text(fields, "queuecode"),
        agent=read.text(fields, "agentcode"),
        direction=_DIRECTIONS.get(read.text(fields, "calltype").lower(), Direction.INBOUND),
        ended_in=read.text(fields, "cdrstate"),
        hangup_side=read.text(fields, "hangupside"),
        hangup_cause=read.text(fields, "hangupcause"),
        started=read.moment(fields, "starttime"),
        ended=read.moment(fields, "endtime"),
        duration=read.integer(fields, "duration"),
        queue_time=read.integer(fields, "queuetime"),
        feedback_time=read.integer(fields, "feedbacktime"),
        ivr_time=read.integer(fields, "ivrtime"),
        ring_time=read.integer(fields, "ringtime"),
        hold_time=read.integer(fields, "holdtime"),
        wrap_up_time=read.integer(fields, "pausetime"),
        talk_time=read.integer(fields, "talkingtime"),
        voicemail=bool(read.integer(fields, "voicemailstate")),
        ivr_id=read.text(fields, "ivrid"),
        ivr_name=read.text(fields, "ivrname"),
        digits=read.text(fields, "ivrdtmf"),
        forward_type=read.text(fields, "fwtype"),
        forward_number=read.number(fields, "forwardnumber"),
        score=read.integer(fields, "score"),
        did=read.text(fields, "trunknumber"),
        recording=read.text(fields, "filepath"),
        miss_cause=read.word(MissCause, fields, "misscause"),
        mac=_mac(fields),
    )


def _unknown(fields: Fields) -> Event:
    names = sorted(fields.keys() - {"event"})[:_MAX_UNKNOWN_FIELDS]
    kept = ((read.text({"": name}, ""), _any_text(fields[name])) for name in names)
    return Unknown(name=read.text(fields, "event"), fields=tuple(kept))


def _any_text(value: object) -> str:
    return read.text({"": value if isinstance(value, (str, int, float)) else repr(value)}, "")


_PARSERS: dict[str, Callable[[Fields], Event]] = {
    "dialbegein": _dial_begin,
    "dialbegin": _dial_begin,
    "dialend": _dial_end,
    "hangup": _hangup,
    "extensionstatus": _extension_status,
    "ivr": _ivr,
    "cdr": _cdr,
    "cc_cdr": _cc_cdr,
}
