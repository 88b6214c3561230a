from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "goodstanding.accounts"
    label = "accounts"
