"""Distribution by The Update Framework: names, keys and files common to hub, regions and clients (ADR 0014).

The hub orders what regions sign and cannot change it; rollback, freeze and mix-and-match are refused by TUF.
What the statements say, and whether they may be published, is judged elsewhere.
"""
