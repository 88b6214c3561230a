"""What a request of the harness says to the server, and what the server says back."""

from __future__ import annotations

DIE_AT = "X-Harness-Die-At"
"""The number of the step at which to die."""
MEET = "X-Harness-Meet"
"""Name of a meeting, how many come, how many seconds to wait for them, and before which table: name/people/seconds/table."""
STEPS = "X-Harness-Steps"
"""The steps that the request went through."""

ASIDE = ("django_session", "cache")
"""Tables that a request may write before it has looked at anything that counts."""
