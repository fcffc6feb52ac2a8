"""The changes, in order: each file says what it changes, and how to undo it. A file that was released is never edited."""
