"""The small language in which registers are declared (`spec`), and the sheets (`raw`) and `issues` around it.

Nothing is gathered here: `raw` must load without polars, so that files are read while the rest is still loading.
"""
