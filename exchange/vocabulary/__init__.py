"""The vocabularies of this installation: read them, edit them, propose terms, settle words, the glossary."""
