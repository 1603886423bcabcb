"""The database: the base of all tables, exact column types, statements both databases know."""
