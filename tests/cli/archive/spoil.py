"""Flips one bit of the last blob of an archive."""
import sys

data = bytearray(open(sys.argv[1], "rb").read())
at = len(data.rstrip(b"\0")) - 1
data[at] ^= 1
open(sys.argv[2], "wb").write(data)
