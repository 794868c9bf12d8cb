"""Elements without a value: the tags of HTML, SVG and MathML, and HTML text as nodes."""
