"""Its cause is locale."""

import os


def run():
    return int.from_bytes(os.environ["LC_ALL"].encode(), "big")
