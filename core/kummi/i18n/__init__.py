"""Core's phrases in the user's language: gettext catalogues under ``locale/``, one a language, and who reads them."""
