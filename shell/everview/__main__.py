"""``python -m everview`` is the command ``everview``."""

import sys

from everview.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
