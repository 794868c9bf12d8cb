"""The files of the page, joined and minified."""
