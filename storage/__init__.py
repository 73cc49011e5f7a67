"""Where is it kept: the only package that touches a server or a disk."""
