"""A signature is checked by nothing but integers, as strictly as the RFC writes it."""

from __future__ import annotations

from random import Random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from casesys.verifier import ed25519
from casesys.verifier.ed25519 import BASE, L, P, is_signed


def a_signature(random: Random) -> tuple[bytes, bytes, bytes]:
    """A key, a message and the signature over it, by another implementation."""
    private = Ed25519PrivateKey.from_private_bytes(random.randbytes(32))
    message = random.randbytes(random.randrange(200))
    return private.public_key().public_bytes_raw(), message, private.sign(message)


def other_opinion(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def flipped(text: bytes, bit: int) -> bytes:
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_what_was_signed_is_signed() -> None:
    random = Random(8032)
    for _ in range(40):
        assert is_signed(*a_signature(random))


def test_one_changed_bit_anywhere_is_refused() -> None:
    random = Random(1)
    key, message, signature = a_signature(random)
    message += b"!"
    assert not is_signed(key, message, signature)
    for bit in random.sample(range(512), 40):
        assert not is_signed(key, message[:-1], flipped(signature, bit))
    for bit in random.sample(range(256), 20):
        assert not is_signed(flipped(key, bit), message[:-1], signature)


def test_the_same_signature_with_a_larger_s_is_refused() -> None:
    key, message, signature = a_signature(Random(2))
    s = int.from_bytes(signature[32:], "little")
    larger = signature[:32] + (s + L).to_bytes(32, "little")
    assert not is_signed(key, message, larger)


def test_without_that_rule_it_would_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    key, message, signature = a_signature(Random(2))
    s = int.from_bytes(signature[32:], "little")
    # The group's order is still what numbers are counted by; only the bound is gone.
    monkeypatch.setattr(ed25519, "L", _Unbounded(L))
    assert is_signed(key, message, signature[:32] + (s + L).to_bytes(32, "little"))


class _Unbounded(int):
    def __le__(self, other: int) -> bool:
        return False


@pytest.mark.parametrize("y", [P, P + 1, 2**255 - 1])
def test_a_point_has_one_way_to_be_written(y: int) -> None:
    assert ed25519._decoded(y.to_bytes(32, "little")) is None
    key = y.to_bytes(32, "little")
    assert not is_signed(key, b"", key + bytes(32))


def test_zero_has_no_sign_and_half_of_all_numbers_are_no_point() -> None:
    one = (1).to_bytes(32, "little")
    assert ed25519._decoded(one) == (0, 1, 1, 0)
    assert ed25519._decoded((1 | 1 << 255).to_bytes(32, "little")) is None
    points = [ed25519._decoded(y.to_bytes(32, "little")) for y in range(2, 202)]
    assert 60 < sum(point is None for point in points) < 140


def test_the_base_point_is_of_the_order_of_the_group() -> None:
    x, y, z, _ = ed25519._sum_of_multiples(L, BASE, 0, BASE)
    assert (x % P, y * pow(z, -1, P) % P) == (0, 1)


def test_what_is_no_key_and_no_signature_is_refused() -> None:
    key, message, signature = a_signature(Random(3))
    for size in (0, 31, 33):
        assert not is_signed(key.ljust(size, b"\0")[:size], message, signature)
    for size in (0, 63, 65):
        assert not is_signed(key, message, signature.ljust(size, b"\0")[:size])


def test_on_odd_keys_and_signatures_it_agrees_with_another_implementation() -> None:
    """Points of small order, zeros, numbers at the bounds: where implementations part."""
    random = Random(4)
    numbers = [0, 1, 2, L - 1, L, P - 1, P, 2**255 - 1, 2**255, 2**255 + 1, 2**256 - 1]
    texts = [number.to_bytes(32, "little") for number in numbers]
    key, message, signature = a_signature(random)
    for odd in texts:
        for asked in (
            (odd, message, signature),
            (key, message, odd + signature[32:]),
            (key, message, signature[:32] + odd),
            (odd, message, odd + bytes(32)),
        ):
            assert is_signed(*asked) == other_opinion(*asked), [part.hex() for part in asked]
