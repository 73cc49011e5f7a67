"""The truth table of access: a naive statement of the rule, set against the product at every exit."""
