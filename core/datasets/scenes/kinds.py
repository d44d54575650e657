"""The kinds of scenes: what each always holds, and how likely it holds the rest."""

from dataclasses import dataclass

from core.datasets.scenes import fields, layout, patterns, printing, surroundings

_ANYWHERE = (
    layout.lay_out_lines,
    layout.lay_out_lines,
    layout.lay_out_lines,
    layout.lay_out_alone,
    layout.lay_out_alone,
)


@dataclass(frozen=True)
class SceneKind:
    """The contents of a kind of scene; chances are 0 to 1."""

    share: float
    """Of all scenes, relative to the others."""

    layouts: tuple[layout.LayoutMaker, ...] = _ANYWHERE
    """One of which places the digits."""

    pens: tuple[float, float] = (0.012, 0.16)
    """The width of pens, of the digits' height."""

    drawn: float = 0.6
    """Chance of digits along pen paths; else they are MNIST's."""

    printers: tuple[tuple[layout.Printer, ...], ...] = ()
    """One printer of each group prints on the paper."""

    around: tuple[surroundings.Surrounding, ...] = ()
    """One of which lies around the paper or upon it."""

    wear: float = 0.15
    """Chance of each flaw of paper and light."""

    quality: float = 0.5
    """Chance that there is no flaw of a kind of the camera."""

    show_through: float = 0.0
    """Chance that the back's writing is seen."""

    clutter: float = 0.12
    """Chance of a print, and of surroundings, in a scene that need not have them."""

    dots: float = 0.05
    """Chance of a picture in black and white dots."""

    coarse: float = 0.05
    """Chance of a small picture that was enlarged."""

    strip: float = 0.05
    """Chance of a picture that is no square."""


SCENE_KINDS: dict[str, SceneKind] = {
    "drawing": SceneKind(0.07, wear=0.0, quality=0.95, clutter=0.0, dots=0.0, coarse=0.25),
    "plain": SceneKind(0.13, wear=0.08, clutter=0.0, coarse=0.12),
    "hairline": SceneKind(0.10, pens=(0.010, 0.045), drawn=0.95, wear=0.1, clutter=0.05),
    "tight": SceneKind(
        0.09, (layout.lay_out_tight,), (0.06, 0.3), 0.5, wear=0.05, quality=0.7, clutter=0.04, strip=0.25
    ),
    "worn": SceneKind(0.11, wear=0.45, quality=0.25, show_through=0.35),
    "ruled": SceneKind(0.12, printers=(patterns.PAPER_PATTERNS,)),
    "cells": SceneKind(0.16, (layout.lay_out_cells,), printers=((fields.draw_cells,),), wear=0.08),
    "frames": SceneKind(0.06, printers=(fields.FRAME_PRINTERS,)),
    "security": SceneKind(
        0.07, printers=(patterns.SECURITY_PATTERNS, (*fields.FRAME_PRINTERS, *printing.WORD_PRINTERS))
    ),
    "words": SceneKind(0.04, printers=(printing.WORD_PRINTERS,)),
    "surrounded": SceneKind(0.10, around=surroundings.AROUND_PAPER, wear=0.3, quality=0.3),
    "margin": SceneKind(0.05, around=(surroundings.add_margin,), wear=0.2, clutter=0.06),
    "dithered": SceneKind(0.05, dots=1.0, wear=0.1, clutter=0.06),
    "blank": SceneKind(0.05, (layout.lay_out_nothing,), wear=0.3, clutter=0.6),
}
"""The kinds of scenes by name. Their order decides what a number of a scene gives: it stays as it is."""
