"""The public register as pages: templates, and what they are filled with."""
