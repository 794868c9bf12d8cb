"""Dates and times: ``value`` is a ``datetime.date``, ``time`` or ``datetime``, or None.

Times have no time zone: they are the times that the user types. The value of a month is the date of
its first day, the value of a week the date of its Monday.

Threads: the rules of the module ``node`` apply.
Source: HTML standard, "Dates and times", read 2026-11.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from everview.html.fields.parsed_inputs import ParsedInput
from everview.i18n import N_, _

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)
_EPOCH = datetime.date(1970, 1, 1).toordinal()
#: The Monday from which weeks are counted; HTML standard, "week state".
_FIRST_MONDAY = datetime.date(1969, 12, 29).toordinal()
_DAY = 24 * 60 * 60


class DateInput(ParsedInput[datetime.date]):
    """A day."""

    __slots__ = ()
    INPUT_TYPE = "date"
    CALLED = N_("a date")
    PYTHON_TYPES = (datetime.date,)

    @property  # type: ignore[override]  # the setter of the base class takes any value
    def value(self) -> datetime.date | None:
        """The day; None while the field is empty or its text is not a date."""
        value: datetime.date | None = self._value
        return value

    @value.setter
    def value(self, value: datetime.date | None) -> None:
        self._assign(value)

    def clean(self, value: Any) -> datetime.date | None:
        # Refuse a `datetime`, although it is a subclass of `date`: the author must convert it
        # explicitly.
        if value is not None and (
            not isinstance(value, datetime.date) or isinstance(value, datetime.datetime)
        ):
            raise self._wrong_type(value, "a datetime.date, or None to empty the field")
        return value

    def parse(self, text: str) -> datetime.date:
        if not _DATE.fullmatch(text):
            raise ValueError(f"{text!r} is not a date")
        return datetime.date.fromisoformat(text)

    def format(self, value: Any) -> str:
        return str(value.isoformat())

    def number(self, value: Any) -> Decimal:
        return Decimal(value.toordinal() - _EPOCH)

    def value_at(self, number: Decimal) -> datetime.date:
        return datetime.date.fromordinal(int(number) + _EPOCH)


class MonthInput(DateInput):
    """A field for a month. ``value`` is the date of its first day."""

    __slots__ = ()
    INPUT_TYPE = "month"
    CALLED = N_("a month")

    def clean(self, value: Any) -> datetime.date | None:
        day = super().clean(value)
        return day and day.replace(day=1)

    def parse(self, text: str) -> datetime.date:
        parts = _MONTH.fullmatch(text)
        if parts is None:
            raise ValueError(f"{text!r} is not a month")
        return datetime.date(int(parts[1]), int(parts[2]), 1)

    def format(self, value: Any) -> str:
        return f"{value.year:04}-{value.month:02}"

    def number(self, value: Any) -> Decimal:
        return Decimal((value.year - 1970) * 12 + value.month - 1)

    def value_at(self, number: Decimal) -> datetime.date:
        years, months = divmod(int(number), 12)
        return datetime.date(1970 + years, months + 1, 1)


class WeekInput(DateInput):
    """A field for a week. ``value`` is the date of its Monday."""

    __slots__ = ()
    INPUT_TYPE = "week"
    CALLED = N_("a week")

    def clean(self, value: Any) -> datetime.date | None:
        day = super().clean(value)
        return day and day - datetime.timedelta(days=day.weekday())

    def parse(self, text: str) -> datetime.date:
        parts = _WEEK.fullmatch(text)
        if parts is None:
            raise ValueError(f"{text!r} is not a week")
        return datetime.date.fromisocalendar(int(parts[1]), int(parts[2]), 1)

    def format(self, value: Any) -> str:
        year, week, _ = value.isocalendar()
        return f"{year:04}-W{week:02}"

    def number(self, value: Any) -> Decimal:
        return Decimal(value.toordinal() - _FIRST_MONDAY) / 7

    def value_at(self, number: Decimal) -> datetime.date:
        return datetime.date.fromordinal(int(number) * 7 + _FIRST_MONDAY)


class TimeInput(ParsedInput[datetime.time]):
    """A field for a time of day, to the minute unless ``step`` (in seconds) is given."""

    __slots__ = ()
    INPUT_TYPE = "time"
    CALLED = N_("a time")
    STEP = Decimal(60)
    PYTHON_TYPES = (datetime.time,)

    @property  # type: ignore[override]  # the setter of the base class takes any value
    def value(self) -> datetime.time | None:
        """The time; None while the field is empty or its text is not a time."""
        value: datetime.time | None = self._value
        return value

    @value.setter
    def value(self, value: datetime.time | None) -> None:
        self._assign(value)

    def clean(self, value: Any) -> datetime.time | None:
        if value is None:
            return None
        if not isinstance(value, datetime.time) or value.tzinfo is not None:
            raise self._wrong_type(value, "a datetime.time without a time zone, or None")
        return value.replace(microsecond=value.microsecond // 1000 * 1000)

    def parse(self, text: str) -> datetime.time:
        if not _TIME.fullmatch(text):
            raise ValueError(f"{text!r} is not a time")
        return datetime.time.fromisoformat(text)

    def format(self, value: Any) -> str:
        return _time_text(value)

    def number(self, value: Any) -> Decimal:
        return _seconds(value)

    def value_at(self, number: Decimal) -> datetime.time:
        midnight = datetime.datetime.combine(datetime.date(1970, 1, 1), datetime.time())
        return (midnight + datetime.timedelta(seconds=float(number % _DAY))).time()

    def _find_limit_reason(self, value: Any) -> str:
        least, greatest = self.min, self.max
        if least is not None and greatest is not None and greatest < least:
            # The range crosses midnight, such as from 22:00 to 06:00 (HTML standard, "reversed
            # range").
            if greatest < value < least:
                return _("Please enter a time from {least} to {greatest}.").format(
                    least=self.in_words(least), greatest=self.in_words(greatest)
                )
            return ""
        return super()._find_limit_reason(value)


class DateTimeInput(ParsedInput[datetime.datetime]):
    """A field for a date and time, to the minute unless ``step`` (in seconds) is given."""

    __slots__ = ()
    INPUT_TYPE = "datetime-local"
    CALLED = N_("a date and a time")
    STEP = Decimal(60)
    PYTHON_TYPES = (datetime.datetime,)

    @property  # type: ignore[override]  # the setter of the base class takes any value
    def value(self) -> datetime.datetime | None:
        """The day and time; None while the field is empty or its text is not a date and time."""
        value: datetime.datetime | None = self._value
        return value

    @value.setter
    def value(self, value: datetime.datetime | None) -> None:
        self._assign(value)

    def clean(self, value: Any) -> datetime.datetime | None:
        if value is None:
            return None
        if not isinstance(value, datetime.datetime) or value.tzinfo is not None:
            raise self._wrong_type(value, "a datetime.datetime without a time zone, or None")
        return value.replace(microsecond=value.microsecond // 1000 * 1000)

    def parse(self, text: str) -> datetime.datetime:
        day, time = text[:10], text[11:]
        if not _DATE.fullmatch(day) or text[10:11] not in ("T", " ") or not _TIME.fullmatch(time):
            raise ValueError(f"{text!r} is not a date and time")
        return datetime.datetime.combine(
            datetime.date.fromisoformat(day), datetime.time.fromisoformat(time)
        )

    def format(self, value: Any) -> str:
        return f"{value.date().isoformat()}T{_time_text(value.time())}"

    def number(self, value: Any) -> Decimal:
        return Decimal((value.toordinal() - _EPOCH) * _DAY) + _seconds(value)

    def value_at(self, number: Decimal) -> datetime.datetime:
        days, seconds = divmod(number, _DAY)
        midnight = datetime.datetime.combine(
            datetime.date.fromordinal(int(days) + _EPOCH), datetime.time()
        )
        return midnight + datetime.timedelta(seconds=float(seconds))

    def in_words(self, value: Any) -> str:
        return self.format(value).replace("T", " ")


def _seconds(value: datetime.time | datetime.datetime) -> Decimal:
    whole = (value.hour * 60 + value.minute) * 60 + value.second
    return whole + Decimal(value.microsecond) / 1_000_000


def _time_text(value: datetime.time) -> str:
    """The text of a time as browsers write it: the shortest form that loses nothing."""
    if value.microsecond:
        return value.isoformat("milliseconds")
    return value.isoformat("seconds" if value.second else "minutes")
