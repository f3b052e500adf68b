"""Find, load and check plugins; compose what they give into one Catalogue; collect every fault."""
