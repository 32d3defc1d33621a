"""Bytes to claims and back: base45, CBOR, COSE, CWT, QR text. Pure, strict and bounded."""
