"""The first product's Python functions, served by Counsel."""

__version__ = "5.1.0"
