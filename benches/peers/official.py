"""The official generator for Python; its clock is the system's. official.py FOLDER; official.py -
prints what loading it and the first token take."""

# ruff: noqa: E402 (loading the official generator is measured)

import resource
import sys
from time import perf_counter_ns


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


before, start = memory(), perf_counter_ns()
from aws_bedrock_token_generator import BedrockTokenGenerator
from botocore.credentials import Credentials
from worker import work


def generate(session: str) -> str:
    credentials = Credentials(
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", session or None
    )
    return BedrockTokenGenerator().get_token(credentials, "eu-central-1")


if sys.argv[1] == "-":
    generate("")
    took = perf_counter_ns() - start
    print(took, memory() - before)
else:
    work(sys.argv[1], {"presign": lambda: generate})
