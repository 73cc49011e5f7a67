"""Samples changed at random: none may end the service, hang, or become other values without a finding."""
