"""What authors use: `App`, `View`, settings and services."""
