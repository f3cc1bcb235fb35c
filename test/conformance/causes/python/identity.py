"""Its cause is memoryLayout."""


def run():
    return id(object())
