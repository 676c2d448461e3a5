"""Who follows the log: reads it by position, keeps a place in it, and acts outside by an outbox.

Positions are given under the lock of the append and held until its commit, so what is committed
up to a position is all that will ever stand there: whoever reads on from its place misses nothing.

The Merkle tree and the read models are no followers. They are written in the transaction of the
append itself, are never behind and need no place of their own; a rebuild, a comparison, a replay
or a restore feeds read models and no follower, so nothing is done outside by any of them.
"""
