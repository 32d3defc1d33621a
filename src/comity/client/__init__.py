"""Fetching what hub and regions publish, offline first: what was verified stays in use (settled rule 13).

Everything fetched is verified before it replaces what was there, and nothing goes below what was verified
before. No server is asked about anybody: the files are the same for all.
"""
