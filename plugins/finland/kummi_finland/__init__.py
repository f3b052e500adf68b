"""Finland as a plugin of Kummi. What it says stands in the YAML files beside this module."""

from kummi import CountryPlugin

plugin = CountryPlugin(__package__)
