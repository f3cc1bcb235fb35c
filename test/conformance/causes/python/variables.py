"""Its cause is environmentOrder."""

import os


def run():
    names = list(os.environ)
    return 1 if names.index("HOME") < names.index("TZ") else 0
