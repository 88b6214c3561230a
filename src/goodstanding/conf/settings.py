"""Django settings. What differs between installations comes from the environment, with safe defaults: docs/environment.md."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from goodstanding.conf import environment, files
from goodstanding.conf.content import content_root

DEBUG = False
SECRET_KEY = environment.secret_key()
PRIVATE_KEYS = environment.private_keys()
HOME = environment.home()
CONTENT_ROOT = content_root()
DEMONSTRATION = environment.flag("GOODSTANDING_DEMO")

PUBLIC_URL = environment.text("GOODSTANDING_URL").rstrip("/")
_public = urlsplit(PUBLIC_URL)
_https = _public.scheme == "https"
ALLOWED_HOSTS = sorted(
    {"localhost", "127.0.0.1", "[::1]", _public.hostname or "localhost", *environment.words("GOODSTANDING_HOSTS")}
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if _https else []

INSTALLED_APPS = [
    "goodstanding.web",  # first, so that our templates stand before those of the libraries
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "goodstanding.audit",
    "goodstanding.mailing",
    "goodstanding.accounts",
    "goodstanding.licensing",
    "goodstanding.catalog",
    "goodstanding.learning",
    "goodstanding.credit",
    "goodstanding.compliance",
]

MIDDLEWARE = [
    "goodstanding.conf.tracing.traced",  # first, so that its number and its clock cover all others
    "django.middleware.security.SecurityMiddleware",
    "goodstanding.web.security.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "goodstanding.web.compression.CompressPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "goodstanding.web.security.bounded",
    "allauth.account.middleware.AccountMiddleware",
    "goodstanding.web.signed_in.signed_in",
    "goodstanding.web.clock.local_time",
    "goodstanding.web.returning.come_back",
]

ROOT_URLCONF = "goodstanding.conf.urls"
WSGI_APPLICATION = "goodstanding.conf.wsgi.application"
FORM_RENDERER = "goodstanding.web.forms.LookRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "goodstanding.web.context.site",
            ],
        },
    }
]

# Immediate transactions take the write lock at their start: a later upgrade from read to write could fail at once, whatever the timeout.
# synchronous=FULL: a certificate that was shown survives a power cut.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000;",
}
_database = environment.text("DATABASE_URL") or f"sqlite:///{HOME / 'goodstanding.sqlite3'}"
try:
    DATABASES = {"default": dj_database_url.parse(_database, conn_max_age=60, conn_health_checks=True)}
except (ValueError, KeyError):  # its own message may show the password
    raise ImproperlyConfigured("DATABASE_URL is not understood. Write it as postgres://user:password@host:5432/name.") from None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Limits on tries count here, for all processes together. With few entries, whoever fills the cache would make it forget them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["goodstanding.accounts.backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email",)},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    # Digits alone are allowed: no rule asks for kinds of characters (ASVS 6.2.5), for people meet such rules with a 1 at the end. Ten
    # digits that are no run and on no list can not be tried at 60 an hour.
    {"NAME": "goodstanding.accounts.passwords.ContextValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "standing"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "goodstanding.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True  # one address per account; a new one replaces it once confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a session left open must not be enough to take an account over
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # every try, right or wrong; wrong ones are counted per account in the adapter
    "login_failed": "10/m/ip,5/5m/key",  # codes of the second step, which only who has the password can be wrong about
    "signup": "20/m/ip,100/d/ip",  # a class in one room signs up at once
    "reset_password": "20/m/ip,5/h/key",  # the fifth mail is as good as the first
}
_forms = "goodstanding.web.public.account_forms"
ACCOUNT_FORMS = {
    "add_email": f"{_forms}.AddEmailForm",
    "change_password": f"{_forms}.ChangePasswordForm",
    "login": f"{_forms}.LoginForm",
    "reauthenticate": f"{_forms}.ReauthenticateForm",
    "reset_password": f"{_forms}.ResetPasswordForm",
    "reset_password_from_key": f"{_forms}.ResetPasswordKeyForm",
    "set_password": f"{_forms}.SetPasswordForm",
    "signup": f"{_forms}.SignupForm",
}

# A second step at sign-in for everyone who wants one, and for all staff. A passkey is the whole sign-in: the device asks for a
# finger, a face or a PIN, so it is two steps in one.
MFA_ADAPTER = "goodstanding.accounts.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # recovery codes are our own: the library could show them again
RECOVERY_CODE_ROUNDS = 600_000  # of PBKDF2 with SHA-256
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Good Standing"
MFA_TOTP_TOLERANCE = 1  # the clocks of phones are off by some seconds, and people type slowly
_second_step = "goodstanding.web.public.second_step_forms"
MFA_FORMS = {
    "activate_totp": f"{_second_step}.ActivateForm",
    "add_webauthn": f"{_second_step}.AddPasskeyForm",
    "authenticate": f"{_second_step}.CodeForm",
    "authenticate_webauthn": f"{_second_step}.PasskeyForm",
    "edit_webauthn": f"{_second_step}.RenamePasskeyForm",
    "login_webauthn": f"{_second_step}.SignInPasskeyForm",
    "reauthenticate": f"{_second_step}.ConfirmCodeForm",
    "reauthenticate_webauthn": f"{_second_step}.ConfirmPasskeyForm",
}

# Mail is written by the job worker; without a mail server it lands in a folder, one file a message, never in a log.
OUTBOX = HOME / "outbox"
_mail = urlsplit(environment.text("GOODSTANDING_MAIL"))
if _mail.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname
    EMAIL_PORT = _mail.port or 587
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and bool(_mail.username)
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "goodstanding.mailing.outbox.OutboxBackend"
DEFAULT_FROM_EMAIL = environment.text("GOODSTANDING_MAIL_FROM") or (f"Good Standing <no-reply@{_public.hostname or 'localhost'}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
try:
    _files = files.storage_of(HOME / "files")
except files.MisstatedStoreError as error:
    raise ImproperlyConfigured(str(error)) from None
FILES_PLACE = _files.place
STORAGES = {
    "default": _files.setting,
    "staticfiles": {"BACKEND": "goodstanding.web.static_files.StaticFiles"},
}
# Uploads are private: there is no media address, only views that check who asks.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # a balancer asks each process without TLS and takes a redirect for an answer
_behind_proxy = environment.flag("GOODSTANDING_BEHIND_PROXY")
REQUEST_ID_FROM_PROXY = _behind_proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _behind_proxy else None
# The limits on guessing go by what the one proxy wrote, which is the last address; what stands before it anyone can write. Without
# a proxy the whole header is a visitor's own word, and with one that is not known of, all visitors would count as one.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _behind_proxy else 0
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
# Whether a domain goes on the lists inside browsers is its owner's decision, hard to take back, and none of this program.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# A browser keeps a cookie with this prefix only if this very host set it over TLS for all of its pages: neither another host of
# the same domain nor anyone on the way can plant one. Browsers refuse the prefix without TLS, so one's own machine goes without.
COOKIE_PREFIX = "__Host-" if _https else ""
SESSION_ENGINE = "goodstanding.accounts.session_store"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True  # no script reads it: forms carry the token
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "goodstanding.web.public.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Logs hold what an operator needs and nothing about persons: no addresses, no e-mail, no query strings, no request bodies.
_logs = environment.text("GOODSTANDING_LOGS")
if _logs not in {"lines", "json"}:
    raise ImproperlyConfigured("GOODSTANDING_LOGS is not understood. Write lines or json.")
LOG_REQUESTS = _logs == "json"
SLOW_QUERY_MS = environment.number("GOODSTANDING_SLOW_QUERY_MS")
METRICS = environment.text("GOODSTANDING_METRICS")
METRICS_FOLDER = HOME / "metrics"
OPERATORS = environment.words("GOODSTANDING_OPERATOR_MAIL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"impersonal": {"()": "goodstanding.conf.logs.Impersonal"}},
    "formatters": {
        "lines": {"()": "goodstanding.conf.logs.Line", "format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "goodstanding.conf.logs.JsonLine"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["impersonal"], "formatter": _logs},
        "operators": {"()": "goodstanding.conf.faults.OperatorMail", "level": "ERROR", "filters": ["impersonal"]},
    },
    "root": {"handlers": ["stderr", *(["operators"] if OPERATORS else [])], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # a page that is not there is no event; its address may be private
        "django_tasks_db": {"level": "ERROR"},
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "goodstanding": {"level": "INFO"},
    },
}
