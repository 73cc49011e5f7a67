"""The commands `exchange round …`: everything that people do in a round over the API, at a running server."""

from exchange.commands.round import cells, custody, files, handing_in, judging, reports, setting_up, unblinding
from exchange.commands.round.app import PANELS, round

__all__ = ["cells", "custody", "files", "handing_in", "judging", "reports", "round", "setting_up", "unblinding"]

# As people come to them, not by the names of modules.
round.registered_commands.sort(key=lambda one: PANELS.index(str(one.rich_help_panel)))
