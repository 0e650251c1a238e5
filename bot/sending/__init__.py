"""Outgoing calls to the Bot Connector."""
