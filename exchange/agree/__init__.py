"""Agree: texts that the office publishes, what organisations accept of them, and what binds beyond their end."""

from exchange.agree.accept import accept, history, register, withdraw
from exchange.agree.documents import attach, link
from exchange.agree.publish import publish, renew, require
from exchange.agree.read import listed, shown, text
from exchange.agree.retire import confirm, duties, retire

__all__ = [
    "accept",
    "attach",
    "confirm",
    "duties",
    "history",
    "link",
    "listed",
    "publish",
    "register",
    "renew",
    "require",
    "retire",
    "shown",
    "text",
    "withdraw",
]
