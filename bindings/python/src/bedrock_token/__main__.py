"""`python -m bedrock_token`, and the console script: they run the command that the wheel carries."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

COMMAND = Path(__file__).with_name("bedrock-token.exe" if os.name == "nt" else "bedrock-token")


def main() -> NoReturn:
    arguments = [str(COMMAND), *sys.argv[1:]]
    try:
        if os.name == "nt":  # where exec does not wait for the new program
            sys.exit(subprocess.run(arguments).returncode)  # noqa: S603
        os.execv(COMMAND, arguments)  # noqa: S606
    except FileNotFoundError:
        sys.exit(
            "bedrock-token: the package was built without the command. "
            "`pip install` of a wheel, or of the source with cargo, installs it"
        )


if __name__ == "__main__":
    main()
