"""The command line: one file a verb group (interface section 6)."""
