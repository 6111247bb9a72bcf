"""`python -m digitizer.cli`, for the processes that `work` starts."""

from digitizer.cli import main

if __name__ == "__main__":
    main()
