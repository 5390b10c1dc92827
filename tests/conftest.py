"""What holds for every test."""

from hypothesis import settings

# A busy machine is no fault of the code: speed is measured in tests/benchmarks, never here.
settings.register_profile("estafet", deadline=None)
settings.load_profile("estafet")
