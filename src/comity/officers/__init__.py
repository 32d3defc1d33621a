"""Officers of a node: accounts, roles, passkeys and the way back in."""
