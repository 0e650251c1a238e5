"""The dialogs: a Turn in, a Reply out. Each module declares its commands, its verbs and their rights."""
