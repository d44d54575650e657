"""The glossary: a term that is a link (`core.config.glossary.link_terms`) opens its explanation where it stands."""

from core.config.glossary import TERMS, anchor
from pages.widgets.components._assets import define_component

_glossary = define_component("glossary", "css", "js", isolate_styles=False)


def glossary() -> None:
    """Have links to terms open their explanations; the frame of all pages calls this."""
    terms = [{"anchor": anchor(term), "term": term, "text": text} for term, text in TERMS.items()]
    _glossary(key="glossary", data={"terms": terms}, height="content")
