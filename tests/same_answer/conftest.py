"""The rooms of the chat tests, here too."""

from tests.chat.conftest import furnished, room

__all__ = ["furnished", "room"]
