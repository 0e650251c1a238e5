"""What this bot gives by one-time link."""

from bot.export_link import EXPORT
from bot.links import Purpose

PURPOSES: tuple[Purpose, ...] = (EXPORT,)
