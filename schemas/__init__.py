"""What do we talk about: the nouns of the platform as frozen models; imports nothing else of ours."""
