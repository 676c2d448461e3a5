"""What may be decided on a case: one function a command, its guards first and its events after."""
