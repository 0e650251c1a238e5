"""Where the pages are that anybody may read; apart, because a package is built without a web server."""

PRIVACY, TERMS = "/integritet", "/villkor"
