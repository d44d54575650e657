"""Printed paper: ruled, squared, graph and dotted, and the fine patterns of cheques."""

import numpy as np

from core.datasets.scenes.field import SIDE_PX, happens, log_uniform, rotated_axes
from core.datasets.scenes.layout import Layout, Printer


def _lines(position: np.ndarray, pitch: float, width: float) -> np.ndarray:
    """Return anti-aliased lines where `position`, in pixels, is a multiple of the pitch: float32 coverage."""
    distance = np.abs(position - pitch * np.rint(position / pitch))
    return np.clip((width + 1) / 2 - distance, 0, min(1.0, width))


def _page_axes(layout: Layout, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the places along and across the page's lines, in pixels from a random origin, in slight perspective."""
    along, across = rotated_axes(layout.tilt + (rng.normal(0, 0.01) if happens(rng, 0.5) else 0))
    if happens(rng, 0.3):
        depth = 1 + rng.normal(0, 0.12) * across / SIDE_PX + rng.normal(0, 0.12) * along / SIDE_PX
        along, across = along * depth, across * depth
    origin = rng.uniform(0, SIDE_PX, 2)
    return along + np.float32(origin[0]), across + np.float32(origin[1])


def _line_width(layout: Layout, pitch: float, rng: np.random.Generator) -> float:
    width = layout.height * log_uniform(rng, 0.01, 0.09)
    return float(np.clip(width, 0.7, 0.25 * pitch))


def draw_rules(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return a ruled page, perhaps with a margin's line."""
    along, across = _page_axes(layout, rng)
    pitch = max(7.0, layout.height * log_uniform(rng, 0.5, 2.6))
    width = _line_width(layout, pitch, rng)
    printed = _lines(across, pitch, width)
    if happens(rng, 0.25):
        printed = np.maximum(printed, _lines(along, 2.0 * SIDE_PX, width))
    return printed


def draw_squares(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return squared paper."""
    along, across = _page_axes(layout, rng)
    pitch = max(6.0, layout.height * log_uniform(rng, 0.2, 2.0))
    width = _line_width(layout, pitch, rng)
    return np.maximum(_lines(along, pitch, width), _lines(across, pitch, width))


def draw_graph(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return graph paper: fine pale squares, of which each fifth or tenth line is heavy."""
    along, across = _page_axes(layout, rng)
    pitch = max(3.0, layout.height * log_uniform(rng, 0.06, 0.3))
    width, every = _line_width(layout, pitch, rng), 10 if happens(rng, 0.3) else 5
    fine = np.maximum(_lines(along, pitch, width), _lines(across, pitch, width)) * rng.uniform(0.3, 0.9)
    return np.maximum(fine, np.maximum(*(_lines(axis, every * pitch, 1.5 * width + 0.3) for axis in (along, across))))


def draw_dots(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return dotted paper."""
    along, across = _page_axes(layout, rng)
    pitch = max(5.0, layout.height * log_uniform(rng, 0.15, 1.0))
    radius = float(np.clip(layout.height * log_uniform(rng, 0.01, 0.05), 0.6, 0.2 * pitch))
    return _dots(along, across, pitch, radius)


def _dots(along: np.ndarray, across: np.ndarray, pitch: float, radius: float) -> np.ndarray:
    squared = sum((axis - pitch * np.rint(axis / pitch)) ** 2 for axis in (along, across))
    return np.clip(radius + 0.5 - np.sqrt(squared), 0, 1)


def draw_waves(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return one to three families of waved lines, as on cheques: fine or coarse, close or wide."""
    printed = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        along, across = rotated_axes(rng.uniform(0, np.pi))
        wave_length = log_uniform(rng, 20, 250)
        swing = rng.uniform(0, 0.25) * wave_length * np.sin(along * (2 * np.pi / wave_length) + rng.uniform(0, 6))
        pitch = log_uniform(rng, 2.5, 26)
        printed = np.maximum(printed, _lines(across + swing, pitch, log_uniform(rng, 0.5, max(0.6, 0.4 * pitch))))
    return printed


def draw_rosettes(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return guilloche rosettes: rings whose radius waves with the angle."""
    printed = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    along, across = rotated_axes(0)
    for _ in range(int(rng.integers(1, 3))):
        x, y = (rng.uniform(-0.6, 0.6) * SIDE_PX for _ in range(2))
        radius, angle = np.hypot(along - x, across - y), np.arctan2(across - y, along - x)
        petals, pitch = int(rng.integers(3, 16)), log_uniform(rng, 3, 20)
        wave = rng.uniform(0.05, 0.3) * radius * np.sin(petals * angle + rng.uniform(0, 0.05) * radius)
        printed = np.maximum(printed, _lines(radius + wave, pitch, log_uniform(rng, 0.5, max(0.6, 0.35 * pitch))))
    return printed


def draw_screen(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return a halftone screen: fine dots or hatching, everywhere or in an area of the page."""
    along, across = rotated_axes(rng.choice([0, np.pi / 4, rng.uniform(0, np.pi)]))
    pitch = log_uniform(rng, 2.2, 9)
    if happens(rng, 0.5):
        printed = _dots(along, across, pitch, pitch * rng.uniform(0.15, 0.45))
    else:
        printed = _lines(across, pitch, max(0.5, pitch * rng.uniform(0.12, 0.5)))
    if happens(rng, 0.4):
        printed = printed * (_page_axes(layout, rng)[1] % (2 * SIDE_PX) > SIDE_PX * rng.uniform(0.4, 1))
    return printed


PAPER_PATTERNS: tuple[Printer, ...] = (draw_rules, draw_squares, draw_squares, draw_graph, draw_dots)
SECURITY_PATTERNS: tuple[Printer, ...] = (draw_waves, draw_waves, draw_rosettes, draw_screen)
