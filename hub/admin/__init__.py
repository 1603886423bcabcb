"""What an administrator sets while the hub runs.

Owns no tables: settings belong to core, the catalogue, depots, people and accounts to their
packages, whose services are called here. Adds the use cases that belong to nobody else: settings
with their checks, the hub's own bank accounts, and sending undelivered mail again.
"""
