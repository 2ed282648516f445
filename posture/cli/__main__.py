"""`python -m posture.cli`."""

from posture.cli import main

main()
