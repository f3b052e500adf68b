"""Find, load and check plugins; what they give is one immutable Catalogue; what is wrong with them are faults."""

from kummi.catalogue.catalogue import NO_COUNTRY, Catalogue, PluginFault, PluginInfo
from kummi.catalogue.discover import FoundPlugin
from kummi.catalogue.load_catalogue import load, load_found

__all__ = [
    "NO_COUNTRY",
    "Catalogue",
    "FoundPlugin",
    "PluginFault",
    "PluginInfo",
    "load",
    "load_found",
]
