"""How long a test waits for a thing to come.

Tests of several files share the machine, and the first visitor of a server waits for the models to
be learnt: what counts in a test is that a thing comes, not how soon.
"""

PATIENCE = 240.0  # seconds
