"""Teams and HTTP; knows every layer but SQL."""
