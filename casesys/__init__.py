"""The front door and the back room: the log, commands, permits, intake and the command line."""
