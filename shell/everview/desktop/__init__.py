"""Native windows by pywebview. The only place that imports it."""
