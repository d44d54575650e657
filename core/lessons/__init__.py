"""Lessons: a question, a guess to make first, what runs to answer it, and what came of it in computed sentences."""

from core.lessons.catalogue import LESSONS
from core.lessons.lesson import ChoiceGuess, Guess, Lesson, NumberGuess, TeacherNotes
from core.lessons.progress import LessonProgress, ProgressFile

__all__ = ["LESSONS", "ChoiceGuess", "Guess", "Lesson", "LessonProgress", "NumberGuess", "ProgressFile", "TeacherNotes"]
