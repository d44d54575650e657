"""A saved model that reads."""

from core.recognition.recognizer import Recognizer

__all__ = ["Recognizer"]
