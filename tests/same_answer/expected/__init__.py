"""What each rule should answer, worked out from the contract alone: nothing here may import a rule of the bot."""
