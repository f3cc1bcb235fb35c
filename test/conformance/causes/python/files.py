"""Its cause is directoryOrder."""

import os


def run():
    names = os.listdir(os.path.dirname(os.path.abspath(__file__)))
    return int.from_bytes("".join(name[0] for name in names if name.endswith(".py")).encode(), "big")
