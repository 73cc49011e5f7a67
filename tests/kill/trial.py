"""One trial: the storm, the calm after it, and the verdict."""

import random
import time
from collections.abc import Callable

from tests.kill.installation import Installation
from tests.kill.sending import Sender
from tests.kill.storm import Plan, blow
from tests.kill.verdict import dead_letters, judge, settle


def trial(installation: Installation, plan: Plan, say: Callable[[str], None]) -> list[str]:
    """Every fault found, in sentences; what happened is said on the way."""
    began = time.monotonic()
    weather = blow(installation, plan)
    sent = weather.sent
    megabytes = sum(one.bytes for one in sent) / 1e6
    say(f"{len(sent)} uploads, {megabytes:.0f} MB in {time.monotonic() - began:.0f} s")
    say(f"killed {weather.deaths}, {weather.falls} did not start at once")
    found = settle(installation, max(weather.last_restart, weather.last_sent))
    say(f"nothing unfinished {found.settled_s:.1f} s after the last restart and the last upload")
    found.dead_letters = dead_letters(installation, sent)
    if found.dead_letters:
        sender = Sender(installation.base, installation.world.header("north"), random.Random(0))
        for letter in found.dead_letters:
            sender.retry(letter.dataset)
        again = settle(installation, time.monotonic())
        found.faults += again.faults
    judge(installation, sent, found)
    say(f"{found.taken_over} take-overs, {len(found.dead_letters)} dead letters retried, {found.swept} orphans swept")
    say(f"faults: {found.faults or 'none'}")
    return found.faults
