"""Records and what is common to all who keep them: the store's port, searches, sessions, the audit."""
