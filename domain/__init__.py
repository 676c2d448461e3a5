"""What is true about a case, whoever asks and wherever it is stored."""
