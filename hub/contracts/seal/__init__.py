"""The hub's seal: its key, the signature sheet, what a reader can check offline."""
