"""What the designated banks say happened: statements, what each line pays, exceptions.

A line is unreconciled, suggested, reconciled or returned; every line is found or shown.
"""
