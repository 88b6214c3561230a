"""Names of the jurisdictions that license, by ISO 3166-2 code, and of the interstate compact, which has none and stands under US."""

from __future__ import annotations

__all__ = ["PLACES"]

_STATES = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|"
    "FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|"
    "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|"
    "NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|"
    "PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|"
    "WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming"
)
_PROVINCES = "AB Alberta|BC British Columbia|ON Ontario|QC Quebec"


def _named(country: str, places: str, more: str = "") -> dict[str, str]:
    return {f"{country}-{code}": f"{name}{more}" for code, _, name in (place.partition(" ") for place in places.split("|"))}


PLACES: dict[str, str] = {
    **_named("US", _STATES),
    "US": "PSYPACT (interstate)",
    **_named("CA", _PROVINCES, " (Canada)"),
    "AU": "Australia",
    "GB": "United Kingdom",
}
