"""The day on which the people of the tests live: their local one, which is not that of UTC for a third of the day."""

from __future__ import annotations

import datetime as dt
import zoneinfo

ZONE = "America/Los_Angeles"
TODAY = dt.datetime.now(tz=zoneinfo.ZoneInfo(ZONE)).date()
