"""Run the command ``everview`` for ``python -m everview``."""

import sys

from everview.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
