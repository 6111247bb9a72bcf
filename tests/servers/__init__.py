"""Real servers on loopback, started for the tests and ended by their own process id."""
