"""Terms are explained, and linked where they first stand."""

from core.config.glossary import TERMS, anchor, link_terms


def test_thirty_terms_each_have_a_sentence_and_an_address_of_their_own():
    assert len(TERMS) == 30
    assert all(text.endswith(".") for text in TERMS.values())
    assert len({anchor(term) for term in TERMS}) == 30


def test_a_term_is_linked_where_it_first_stands():
    assert link_terms("Epochs and the loss; a loss.") == "[Epochs](#term-epoch) and the [loss](#term-loss); a loss."


def test_the_longer_of_two_terms_is_linked():
    assert link_terms("the calibration error") == "the [calibration error](#term-calibration-error)"


def test_part_of_a_word_and_what_is_a_link_already_stay():
    for text in ("lossless, superbatch", "[epoch](https://example.org)"):
        assert link_terms(text) == text
