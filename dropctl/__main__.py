"""`python -m dropctl`: the same front door as the `dropctl` command."""

from dropctl.cli import main

if __name__ == "__main__":
    main()
