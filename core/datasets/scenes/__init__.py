"""Scenes: drawn pictures with handwriting in them, and where its ink is, to train the ink finder with."""

from core.datasets.scenes.field import SIDE_PX
from core.datasets.scenes.kinds import SCENE_KINDS
from core.datasets.scenes.scene import Scene, draw_scene, outline_scene

__all__ = ["SCENE_KINDS", "SIDE_PX", "Scene", "draw_scene", "outline_scene"]
