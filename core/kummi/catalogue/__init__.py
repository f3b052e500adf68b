"""Find, load and check plugins; what they give is one immutable Catalogue; what is wrong with them are faults."""

from kummi.catalogue.catalogue import NO_COUNTRY, Catalogue, PluginFault, PluginInfo, ProgrammeEntry
from kummi.catalogue.load import load

__all__ = ["NO_COUNTRY", "Catalogue", "PluginFault", "PluginInfo", "ProgrammeEntry", "load"]
