"""A run that is sent commands, or cut off, at moments that a test chooses."""

from core.runs.run import Run


class CutOff(BaseException):
    """The process is gone: nothing is caught, nothing is said."""


class Scripted(Run):
    """A run that is sent something, or cut off, when its worker polls for commands for the nth time.

    `script` holds by n either "cut off" or the commands that are sent, each a tuple of its name and its value, if any.
    """

    def __init__(self, folder, script):
        super().__init__(folder)
        self.script, self.polls = script, 0

    def commands_from(self, offset):
        self.polls += 1
        scripted = self.script.get(self.polls)
        if scripted == "cut off":
            raise CutOff
        for each in scripted or ():
            self.send(*each)
        return super().commands_from(offset)

    def commands(self):
        return Run(self.folder).commands()  # which is no poll
