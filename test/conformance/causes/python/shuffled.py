"""Its cause is random: Python seeds the hashes of strings, and a set is walked in their order."""


def run():
    words = {"one", "two", "three", "four", "five", "six", "seven"}
    return int.from_bytes("".join(words).encode()[:32], "big")
