"""`python -m deploy.cli`: how the stack starts its own parts, whatever is on the PATH."""

from deploy.cli import main

if __name__ == "__main__":
    main()
