"""Native windows with pywebview, dialogs, notifications. Only this package imports webview."""
