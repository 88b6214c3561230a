"""The WSGI application that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from goodstanding.conf.observing import observe_web
from goodstanding.conf.parent import end_with_parent, leave_interrupts_to_parent

leave_interrupts_to_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
application = get_wsgi_application()
observe_web()
end_with_parent()
