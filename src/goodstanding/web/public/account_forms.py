"""The sign-up form."""

from __future__ import annotations

from django import forms


from allauth.account.forms import SignupForm as Base


class SignupForm(Base):
    def signup(self, request, user) -> None: ...
