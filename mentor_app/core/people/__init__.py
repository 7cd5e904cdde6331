"""People, teams and regions."""
