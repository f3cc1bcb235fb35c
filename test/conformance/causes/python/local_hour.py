"""Its cause is zone."""

import time


def run():
    return time.localtime(1_000_000_000).tm_hour
