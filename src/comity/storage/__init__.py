"""Adapters of the ports: where keys are kept (later: passes, people, statements)."""
