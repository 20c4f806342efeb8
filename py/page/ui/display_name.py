"""Names that come from outside, as one line that runs in its own direction."""

# marks that turn the direction of text: with them "gpj.lkp" reads "pkl.jpg"
TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
MOST_LETTERS = 1000  # of a name that are looked at; no system has longer ones
BREAKS = "\u2028\u2029"


def plain(name):
    """The name without turning marks; each control character and line break is a space."""
    shown = ""
    for letter in name[:MOST_LETTERS]:
        if letter not in TURNS:
            broken = letter < " " or "\x7f" <= letter <= "\x9f" or letter in BREAKS
            shown += " " if broken else letter
    return " ".join(shown.split())
