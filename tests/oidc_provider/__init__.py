"""Signing in against a certified OpenID provider, npm's `oidc-provider` on Node 20: `python -m tests.oidc_provider`."""
