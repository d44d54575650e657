"""What a page under AppTest says."""


def words(at):
    """All that the page says in sentences, in one string."""
    kinds = (at.markdown, at.warning, at.error, at.info, at.caption)
    return "\n".join(each.value for kind in kinds for each in kind)


def texts(at):
    return words(at) + "\n".join(each.proto.text for each in at.get("progress"))
