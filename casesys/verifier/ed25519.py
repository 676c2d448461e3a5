"""Ed25519 signatures checked as RFC 8032 writes it, with nothing but Python's integers.

For checking only: it takes a few milliseconds and hides nothing from a clock, so no secret key
belongs here. Names of numbers are those of the RFC, section 5.1.
"""

from __future__ import annotations

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
"""A point (x, y) of the curve as (X, Y, Z, T): x = X/Z, y = Y/Z, x y = T/Z."""

NEUTRAL: Point = (0, 1, 1, 0)


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message is of the secret key that belongs to this one."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a = _decoded(key)
    s = int.from_bytes(signature[32:], "little")
    # With a larger s anybody could write the same signature once more in other bytes.
    if a is None or s >= L:
        return False
    r = signature[:32]
    k = int.from_bytes(sha512(r + key + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return _encoded(_sum_of_multiples(s, BASE, k, minus_a)) == r


def _decoded(text: bytes) -> Point | None:
    """The point that 32 bytes say (5.1.3); None where they say none, or not in its one way."""
    number = int.from_bytes(text, "little")
    odd, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == P - u:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and odd):
        return None
    if x % 2 != odd:
        x = P - x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x % 2) << 255).to_bytes(32, "little")


def _added(one: Point, other: Point) -> Point:
    """The sum of two points (5.1.4); its formulas hold for any two, also for one twice."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _sum_of_multiples(n: int, one: Point, m: int, other: Point) -> Point:
    """n times one point and m times another, by one walk over the bits of both."""
    steps = {(1, 0): one, (0, 1): other, (1, 1): _added(one, other)}
    found = NEUTRAL
    for place in reversed(range(max(n, m).bit_length())):
        found = _added(found, found)
        step = steps.get((n >> place & 1, m >> place & 1))
        if step is not None:
            found = _added(found, step)
    return found


def _base() -> Point:
    """The base point: y = 4/5 with an even x."""
    base = _decoded((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert base is not None
    return base


BASE = _base()
