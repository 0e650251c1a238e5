"""Where the pages are that the package names; apart, because a package is built without a web server."""

PRIVACY, TERMS = "/integritet", "/villkor"
TAB = "flik"
"""The personal tab: its id in the package, and the path of its first page."""
