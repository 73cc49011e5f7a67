"""Terms of grants: what is frozen when one is given, what a derived dataset adds, and what each is worth now."""

from exchange.sharing.terms.consents import without_consent
from exchange.sharing.terms.effects import in_effect
from exchange.sharing.terms.frozen import frozen
from exchange.sharing.terms.inherited import held_by, inherits, may_pass_to, narrow, with_inherited

__all__ = ["frozen", "held_by", "in_effect", "inherits", "may_pass_to", "narrow", "with_inherited", "without_consent"]
