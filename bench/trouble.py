"""What may keep a row from being measured."""


class CannotMeasure(Exception):
    """A server or a program did not do what is measured. Says which, and what it said."""
