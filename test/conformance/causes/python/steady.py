"""Has no cause."""


def run():
    return sum(sorted({3, 1, 2}))
