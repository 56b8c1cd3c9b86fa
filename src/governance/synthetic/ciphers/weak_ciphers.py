"""Weak substitutes for authenticated encryption: real AES, in modes that reveal equal blocks or miss changes."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.base import CipherContext
from cryptography.hazmat.primitives.padding import PKCS7

_BLOCK_BITS = 128


def _run(context: CipherContext, text: bytes) -> bytes:
    return context.update(text) + context.finalize()


def _padded(text: bytes) -> bytes:
    padder = PKCS7(_BLOCK_BITS).padder()
    return padder.update(text) + padder.finalize()


def ecb(key: bytes, text: bytes) -> bytes:
    """Equal blocks of text become equal blocks."""
    return _run(Cipher(algorithms.AES(key), modes.ECB()).encryptor(), _padded(text))  # noqa: S305  a fake on purpose


def cbc(key: bytes, start: bytes, text: bytes) -> bytes:
    """The initialisation vector and the ciphertext, without authentication."""
    return start + _run(Cipher(algorithms.AES(key), modes.CBC(start)).encryptor(), _padded(text))


def ctr(key: bytes, start: bytes, text: bytes) -> bytes:
    """The same as a stream; it has the length of the text."""
    return start + _run(Cipher(algorithms.AES(key), modes.CTR(start)).encryptor(), text)
