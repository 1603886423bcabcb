"""Who should trade with whom: pure computation, the book it is given, the run that stores it."""
