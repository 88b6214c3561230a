"""Why something about a standing was refused."""

from __future__ import annotations

__all__ = ["QuestionNotOpenError"]


class QuestionNotOpenError(Exception):
    """The license has no such open question, or it is none that the holder can settle with the board."""

    def __init__(self, question: str) -> None:
        self.question = question
        super().__init__(f"{question} is not an open question that can be confirmed for this license")
