"""Sign in: with a password or at a provider; sessions, one-time links, tokens; how often it may be tried."""
