"""The field's terms, each explained in a sentence or two for whoever meets it for the first time."""

import re

TERMS = {
    "accuracy": "The share of images that the network reads right.",
    "activation": "What a unit passes on: its weighted sum after a function such as ReLU.",
    "Adam": "An optimizer that gives every weight a step size of its own, from the size of its past gradients.",
    "augmentation": "Shifting, rotating or bending each training image a little, so that the network sees it anew "
    "every time.",
    "batch": "The images after which the weights are changed once.",
    "calibration error": "How far what the network says of its certainty lies from how often it is right, on average.",
    "checkpoint": "The network and all else that training needs, saved after an epoch, to go on from.",
    "confidence": "The probability that the network gives to its answer.",
    "confusion matrix": "A table that counts which digit was read as which; right answers lie on its diagonal.",
    "convolution": "A layer that looks for the same small pattern everywhere in the picture.",
    "cross-entropy": "A loss that grows with the surprise at the right digit: a sure mistake costs much.",
    "dense layer": "A layer in which every unit adds up all numbers that come in, each times a weight.",
    "dropout": "Silencing some units at random in each training step, so that none is relied on alone.",
    "epoch": "One pass over all training images.",
    "early stopping": "Ending a training when the validation loss has stopped falling.",
    "gradient": "How much, and which way, the loss changes when each weight is changed a little.",
    "learning rate": "How far each step moves the weights.",
    "loss": "The number that training makes small: how wrong the network's probabilities are.",
    "MNIST": "70,000 handwritten digits of 28×28 pixels, collected in the USA in the 1990s; 10,000 are kept for tests.",
    "neural network": "Layers of simple sums and bends, whose weights were learned from examples.",
    "optimizer": "The rule by which gradients change the weights.",
    "overfitting": "Learning the training images by heart: they are read ever better, others are not.",
    "precision": "Of all answers with a digit, the share that is right.",
    "recall": "Of all images of a digit, the share that is read right.",
    "ReLU": "An activation that passes on what is positive and drops the rest.",
    "seed": "The number from which all random choices of a training follow: the same seed gives the same network.",
    "SGD": "Stochastic gradient descent: after each batch, all weights move against their gradients by one rate.",
    "test images": "10,000 images that no training ever sees; the test accuracy is measured on them.",
    "validation": "Measuring on images that are kept out of training, after each epoch.",
    "weights": "The numbers that a network learns; all it knows is in them.",
}
"""What each term means, by the term."""

_ANY = re.compile(rf"(?<![\w\[])({'|'.join(map(re.escape, sorted(TERMS, key=len, reverse=True)))})(s?)(?![\w\]])", re.I)
_BY_LOWER = {term.lower(): term for term in TERMS}


def anchor(term: str) -> str:
    """Return the address of a term within a page, without its #."""
    return f"term-{re.sub(r'[^a-z]+', '-', term.lower())}"


def link_terms(text: str) -> str:
    """Return a Markdown text in which each term is, where it first stands, a link to its explanation."""
    linked: set[str] = set()

    def link(found: re.Match[str]) -> str:
        term = _BY_LOWER[found[1].lower()]
        if term in linked:
            return found[0]
        linked.add(term)
        return f"[{found[0]}](#{anchor(term)})"

    return _ANY.sub(link, text)
