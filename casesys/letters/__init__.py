"""The papers that go to an enterprise: filled from its case, printed, and themselves no event."""
