"""Making passes: what an issuer may sign, and the signing of it. Later: application, renewal, correction."""
