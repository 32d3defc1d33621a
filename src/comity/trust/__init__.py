"""Who may sign what: keys, statements, status lists and the verifier bundle. Pure."""
