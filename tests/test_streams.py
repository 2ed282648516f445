"""Uniforms against the published generator, and as pure functions of seed, stream, replication and index."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from posture.model.streams import stream_key, uniforms

WORD = 2**64
MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)

KNOWN = [
    ((0,) * 4, (0,) * 2, (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
    (
        (WORD - 1,) * 4,
        (WORD - 1,) * 2,
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]
"""Counter, key and block of philox4x64-10 in `kat_vectors` of Random123: zeros, ones, and the digits of pi."""


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Return a block of Philox4x64-10, in whole numbers of Python (Salmon et al. 2011, section 4.3)."""
    a, b, c, d = counter
    k0, k1 = key
    for _ in range(10):
        first, second = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = second // WORD ^ b ^ k0, second % WORD, first // WORD ^ d ^ k1, first % WORD
        k0, k1 = (k0 + WEYL[0]) % WORD, (k1 + WEYL[1]) % WORD
    return a, b, c, d


def published(seed: int, name: str, replication: int, index: int) -> float:
    """Return a uniform by the recipe of the module, on the generator above."""
    digest = hashlib.sha256(f"posture 1\n{seed}\n{name}".encode()).digest()
    key = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")
    return (philox((replication, index // 4, 0, 0), key)[index % 4] >> 11) / 2**53


@pytest.mark.parametrize(("counter", "key", "block"), KNOWN)
def test_the_generator_of_these_tests_is_the_published_one(counter, key, block):
    """The known answers of Random123 (Salmon, Moraes, Dror and Shaw, 2011)."""
    assert philox(counter, key) == block


@pytest.mark.parametrize("seed", [0, 1, -7, 2**70])
@pytest.mark.parametrize("name", ["assumptions.friction", "lift.convoy.transit_days/p.d/a/b/c", "events.é.gap", ""])
def test_uniforms_are_words_of_philox_at_their_counter(seed, name):
    """Counter (replication, index // 4, 0, 0), word index % 4, shifted right by 11, over 2^53: bit for bit."""
    found = uniforms(seed, name, first=0, replications=3, width=9)

    assert found.tolist() == [[published(seed, name, r, i) for i in range(9)] for r in range(3)]


@pytest.mark.parametrize(("replication", "index"), [(4711, 0), (4711, 1001), (2**40, 3), (0, 2**33 + 1), (2**63, 7)])
def test_far_replications_and_indices_have_their_own_counter(replication, index):
    """One uniform alone, far out: the same word as by the published algorithm."""
    found = uniforms(3, "x", first=replication, replications=1, first_index=index)

    assert found.tolist() == [[published(3, "x", replication, index)]]


def test_the_key_is_the_beginning_of_sha_256():
    """The first 16 bytes of SHA-256 of "posture 1", the seed and the name, one a line, as two little-endian words."""
    digest = hashlib.sha256(b"posture 1\n42\nassumptions.friction").digest()

    key = stream_key(42, "assumptions.friction")

    assert b"".join(int(word).to_bytes(8, "little") for word in key) == digest[:16]


PINNED = [
    [0.707501662123057, 0.7862673098784965, 0.03732079950448142],
    [0.6789896156689483, 0.7729784815139858, 0.6582378202592069],
]
"""Checked against `published` when written down."""


def test_uniforms_stay_what_they_were():
    """Values on record: a change of the recipe changes every draw of every study, and must not happen unnoticed."""
    found = uniforms(1, "assumptions.friction", first=0, replications=2, width=3)

    assert found.tolist() == PINNED


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5, 7, 11])
def test_columns_drawn_in_parts_are_the_columns_drawn_at_once(cut):
    """12 indices at once, or [0, cut) and [cut, 12): the same, wherever the cut falls in a block of four."""
    whole = uniforms(1, "x", first=5, replications=4, width=12)

    head = uniforms(1, "x", first=5, replications=4, width=cut)
    tail = uniforms(1, "x", first=5, replications=4, first_index=cut, width=12 - cut)

    assert np.array_equal(np.hstack([head, tail]), whole)


@pytest.mark.parametrize("size", [1, 2, 7, 20])
def test_rows_drawn_in_chunks_are_the_rows_drawn_at_once(size):
    """20 replications at once or by chunks: who shares a chunk does not matter."""
    whole = uniforms(1, "x", first=0, replications=20, width=5)

    chunks = [uniforms(1, "x", first=r, replications=min(size, 20 - r), width=5) for r in range(0, 20, size)]

    assert np.array_equal(np.vstack(chunks), whole)


def test_replication_4711_alone_is_that_of_the_whole_study():
    """Row 4711 of 5,000 replications, drawn alone."""
    whole = uniforms(9, "x", first=0, replications=5000, width=2)

    assert np.array_equal(uniforms(9, "x", first=4711, replications=1, width=2)[0], whole[4711])


def test_seeds_and_names_share_no_uniform():
    """Eight streams of 10,000 53-bit values: chance would make two alike once in a million times; shifts, always."""
    streams = [
        uniforms(seed, name, first=0, replications=2500, width=4) for seed in (1, 2, 11, -1) for name in ("a", "1\na")
    ]

    assert len(np.unique(np.concatenate(streams))) == 8 * 10_000


def test_a_seed_and_a_name_do_not_run_together():
    """Seed 1 with name "1x" is not seed 11 with name "x": a line end stands between."""
    assert stream_key(1, "1x").tolist() != stream_key(11, "x").tolist()


def test_uniforms_are_uniform_and_lie_below_one():
    """100,000 have mean 1/2 with sd sqrt(1/12), second moment 1/3 with sd sqrt(4/45): within 4 standard errors."""
    drawn = uniforms(2, "x", first=0, replications=25_000, width=4)

    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert drawn.mean() == pytest.approx(1 / 2, abs=4 * (1 / 12 / drawn.size) ** 0.5)
    assert (drawn**2).mean() == pytest.approx(1 / 3, abs=4 * (4 / 45 / drawn.size) ** 0.5)


@pytest.mark.parametrize("lag", [1, 2, 4])
def test_neighbours_are_uncorrelated(lag):
    """Over replications and over indices, the correlation of 40,000 pairs is within 4 / sqrt(pairs) of 0."""
    drawn = uniforms(4, "x", first=0, replications=10_000, width=8) - 0.5

    down, along = (drawn[lag:] * drawn[:-lag]).ravel(), (drawn[:, lag:] * drawn[:, :-lag]).ravel()

    assert abs(down.mean() * 12) < 4 / down.size**0.5
    assert abs(along.mean() * 12) < 4 / along.size**0.5
