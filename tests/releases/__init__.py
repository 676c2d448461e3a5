"""What each tagged release left behind: its log, its working tables, and the answers it gave.

`python -m tests.releases` makes the folder of a release in a checkout of it; every later release
restores each folder, upgrades it and is asked the same (`tests/casesys/test_releases.py`).
"""
