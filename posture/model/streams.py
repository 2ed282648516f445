r"""Named streams of random numbers: every uniform a pure function of (seed, stream, replication, index).

The only module that makes a uniform. A stream is numpy's Philox4x64-10 with the key

    the first 16 bytes of SHA-256 of "posture <recipe>\\n<seed>\\n<stream name>"

(two little-endian words) and the counter (replication, index // 4, 0, 0); word index % 4 of the block,
shifted right by 11 bits and divided by 2 ** 53, is the uniform. Salmon, Moraes, Dror and Shaw (2011),
"Parallel random numbers: as easy as 1, 2, 3", SC11.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

RECIPE = 1
"""Version of the recipe above: a change of it changes every draw of every study."""

WORDS = 4
"""Uniforms in one block of the generator."""


def stream_key(seed: int, name: str) -> npt.NDArray[np.uint64]:
    """Return the two words of the key of a stream; a seed is any whole number."""
    digest = hashlib.sha256(f"posture {RECIPE}\n{seed}\n{name}".encode()).digest()
    return np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)


def uniforms(
    seed: int, name: str, *, first: int, replications: int, first_index: int = 0, width: int = 1
) -> npt.NDArray[np.float64]:
    """Return the uniforms of one stream, in [0, 1), by column for many replications.

    Parameters
    ----------
    seed
        Of the study.
    name
        Of the stream: the path of what is uncertain, and its user.
    first, replications
        The first replication, and how many from there on.
    first_index, width
        The first use, and how many from there on; the first use of a stream has index 0.

    Returns
    -------
    ndarray
        Shape (replications, width).
    """
    key = stream_key(seed, name)
    blocks = range(first_index // WORDS, (first_index + width - 1) // WORDS + 1)
    columns = [_block(key, block, first=first, replications=replications) for block in blocks]
    words = columns[0] if len(columns) == 1 else np.concatenate(columns, axis=1)
    offset = first_index - blocks[0] * WORDS
    drawn: npt.NDArray[np.float64] = (words[:, offset : offset + width] >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return drawn


def _block(key: npt.NDArray[np.uint64], block: int, *, first: int, replications: int) -> npt.NDArray[np.uint64]:
    """Return the four words of one block for each replication; numpy steps the counter before it generates."""
    counter = ((block << 64) + first - 1) % (1 << 256)
    generator = np.random.Philox(key=key, counter=counter)
    return generator.random_raw(WORDS * replications).reshape(replications, WORDS)
