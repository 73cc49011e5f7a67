"""HTTP doors: plural REST nouns, each route a doorway of a few lines."""
