"""Pages for people, and what their browser is served."""
