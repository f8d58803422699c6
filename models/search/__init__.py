"""Search over every element of a record and of what belongs to it, kept by triggers and always through an index."""

from models.search.hits import Hit, hits
from models.search.index import SearchEntry, SearchSpec, include_object
from models.search.query import matching
from models.search.sync import suspend_search, sync_search

__all__ = ["Hit", "SearchEntry", "SearchSpec", "hits", "include_object", "matching", "suspend_search", "sync_search"]
