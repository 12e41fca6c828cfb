"""dropctl: dropout control (控辍保学) for the schools of one county."""

__version__ = "0.1.0"
