"""Delivery: every way by which data leave, behind the guard, in the view that is open."""
