"""The bodies of the pushed events: every spelling of the vendor's is here (protocol.md, Active part)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .channels import Channel
from .office import STATE_TEXTS, Extension
from .settings import Settings

type Body = dict[str, str | int]

GEN2_CALL_TYPES = {"": "internal", "inbound": "incoming", "outbound": "outgoing"}
GEN2_DISPOSITIONS = {"ANSWERED": "ANSWER", "NO ANSWER": "NOANSWER"}


@dataclass(eq=False, slots=True, kw_only=True)
class Row:
    """Hold one row of the call log: one leg that was tried, or what the PBX itself played."""

    uniqueid: str
    start: datetime
    answer: datetime | None = None
    end: datetime | None = None
    disposition: str = "NO ANSWER"
    recordfile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """Hold what all rows of a call have in common."""

    caller_name: str
    source: str
    destination: str
    call_type: str


@dataclass(frozen=True, slots=True)
class Events:
    """Spell events the way the PBX's firmware does."""

    settings: Settings

    def dial_begin(self, caller: Channel | None, leg: Channel) -> Body:
        """Return the event of a leg that starts to ring; a click's first leg has no caller."""
        spelling = "dialbegein" if self.settings.quirks.generation == 1 else "dialbegin"
        return self._dial(spelling, caller, leg) | {
            "destuniqueid": leg.uniqueid,
            "dialstring": leg.dialstring,
            "mac": self._mac(),
        }

    def dial_end(self, caller: Channel | None, leg: Channel, status: str) -> Body:
        """Return the event of a leg that no longer rings."""
        return self._dial("dialend", caller, leg) | {"dialstatus": status}

    def hangup(self, channel: Channel) -> Body:
        """Return the event of a channel's end; it does not name the channel."""
        return {
            "event": "hangup",
            "calleridnum": channel.number,
            "calleridname": channel.shown_name,
            "connectedlinenum": channel.linked_number,
            "connectedlinename": channel.linked_name,
            "uniqueid": channel.uniqueid,
        }

    def extension_status(self, extension: Extension, code: int) -> Body:
        """Return the event of an extension's state."""
        body: Body = {"event": "extensionstatus", "exten": extension.number}
        if not self.settings.quirks.old_firmware:
            body["status"] = str(code)
        return body | {"statustext": STATE_TEXTS[code]}

    def ivr(self, fields: Mapping[str, str]) -> Body:
        """Return the event of a menu that ended; its MAC is padded by the vendor."""
        return {"event": "ivr", **fields, "mac": self._mac(pad=True)}

    def cdr(self, head: LogHead, row: Row) -> Body:
        """Return one row of the call log."""
        end = row.end or self.settings.now()
        duration, billable = _seconds(row.start, end), _seconds(row.answer, end)
        if self.settings.quirks.generation == 1:
            return {
                "event": "cdr",
                "callerid": f'"{head.caller_name}" <{head.source}>',
                "source": head.source,
                "destination": head.destination,
                "starttime": local(row.start),
                "answertime": local(row.answer),
                "endtime": local(end),
                "disposition": row.disposition,
                "duration": str(duration),
                "billableseconds": str(billable),
                "calltype": head.call_type,
                "recordfile": row.recordfile,
                "uniqueid": row.uniqueid,
            }
        return {
            "event": "cdr",
            "srcname": head.caller_name,
            "src": head.source,
            "dstname": "",
            "dst": head.destination,
            "start": local(row.start),
            "answer": local(row.answer),
            "end": local(end),
            "status": GEN2_DISPOSITIONS.get(row.disposition, row.disposition),
            "duration": str(duration),
            "billsec": str(billable),
            "calltype": GEN2_CALL_TYPES[head.call_type],
            "record_filename": f"asterisk/monitor/recording/{row.recordfile}" if row.recordfile else "",
            "uniqueid": row.uniqueid,
        }

    def cc_cdr(self, fields: Mapping[str, str | int]) -> Body:
        """Return the call centre's log of a call."""
        return {"event": "cc_cdr", **fields, "mac": self._mac()}

    def _dial(self, event: str, caller: Channel | None, leg: Channel) -> Body:
        body: Body = {"event": event, "timestamp": f"{self.settings.now().timestamp():.6f}"}
        if caller:
            body |= {"channel": caller.name, "calleridnum": caller.number, "uniqueid": caller.uniqueid}
        body |= {"destchannel": leg.name, "destcalleridnum": leg.number}
        if self.settings.quirks.old_firmware:
            state = {"channelstate": caller.state.code} if caller else {}
            body |= {**state, "destchannelstate": leg.state.code, "destexten": leg.number}
        return body

    def _mac(self, *, pad: bool = False) -> str:
        return self.settings.mac + " " * (pad or self.settings.quirks.pad_mac)


def local(time: datetime | None) -> str:
    """Return a time as the PBX writes it: local, without zone; empty if there was none."""
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else ""


def elapsed(start: datetime, end: datetime) -> float:
    """Return the seconds between two times, whatever the zone's clocks did in between."""
    return end.timestamp() - start.timestamp()


def _seconds(start: datetime | None, end: datetime) -> int:
    """Return the whole seconds between two times, truncated as Asterisk does."""
    return int(elapsed(start, end)) if start else 0
