"""The trading hub: one package per capability, wired together in hub.app."""
