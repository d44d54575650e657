"""The error of a bulk reading that cannot be begun or gone on with."""


class BulkError(ValueError):
    """Sources or a folder that a bulk reading cannot use; the message says what is wrong and what to do."""
