"""The counter: pages and the HTTP interface."""
