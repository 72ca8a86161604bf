"""The manager's catalogue of problems: versions, the rows of a draft, files, a preview, and what people call things."""

from .synonyms import SynonymAdmin
from .versions import CatalogueVersionAdmin

__all__ = ["CatalogueVersionAdmin", "SynonymAdmin"]
