"""HTTP: the region node. Thin: it reads requests, calls issuance and verify, and writes answers."""
