"""The GUI toolkits behind native windows: pywebview alone, or Qt with pywebview."""
