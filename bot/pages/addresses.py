"""Paths of the pages that the Teams package names; a module of its own, as a package is built without a web server."""

PRIVACY, TERMS = "/integritet", "/villkor"
TAB = "flik"
"""The personal tab: its id in the package, and the path of its first page."""
