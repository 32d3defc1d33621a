"""The hub: who takes part, who recognises whom since when, what may be published."""
