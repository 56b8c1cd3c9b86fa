"""The check digits that the rules verify; all functions take ASCII digits."""

_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_PLAIN = bytes.maketrans(b"0123456789", bytes(range(10)))
_IR = "1827"  # the letters I and R as ISO 13616 counts them


def luhn(digits: str) -> bool:
    """Whether the last digit is right by ISO/IEC 7812-1."""
    tail = digits[::-1].encode()
    return (sum(tail[::2].translate(_PLAIN)) + sum(tail[1::2].translate(_DOUBLED))) % 10 == 0


def sheba(digits: str) -> bool:
    """Whether 24 digits, read after IR, are right by ISO 7064 mod 97-10."""
    return int(f"{digits[2:]}{_IR}{digits[:2]}") % 97 == 1


def iban(text: str) -> bool:
    """Whether a whole IBAN in capitals is right by ISO 7064 mod 97-10."""
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def national_id(digits: str) -> bool:
    """Whether ten digits carry the check digit of an Iranian national code and are not all the same."""
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest) and len(set(digits)) > 1


def by_accident(right: int, count: int) -> bool:
    """Whether so few of many numbers that stand together are right that they belong to a table of other numbers."""
    return count >= 8 and right * 3 < count
