"""The credentials of botocore's default chain, as a new session finds them."""

import os
from hashlib import sha256
from typing import Any, Callable, Optional

from botocore.credentials import Credentials
from botocore.session import Session

#: The long-term credentials that were found last in the environment or in a shared file, and all that
#: botocore looked at.
_last: "Optional[tuple[Credentials, Any]]" = None


def find_credentials(new_session: "Callable[[], Any]") -> "Optional[Credentials]":
    """Looks for credentials. Making a session takes milliseconds. So as long as the environment and
    the shared files are the same, byte for byte, credentials that were found there are good."""
    global _last
    # A copy of os.environ itself would decode all of it.
    environment = dict(getattr(os.environ, "_data", ()))
    if not environment:
        return new_session().get_credentials()
    files = [
        _content(os.environ.get("AWS_CONFIG_FILE", "~/.aws/config")),
        _content(os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")),
    ]
    # A test may have replaced the method.
    method = getattr(new_session, "get_credentials", None)
    looked_at = (new_session, method, environment, [sha256(file).digest() for file in files])
    last = _last
    if last is not None and last[1] == looked_at:
        return last[0]
    session = new_session()
    credentials = session.get_credentials()
    if type(credentials) is Credentials and isinstance(session, Session):
        found = credentials.access_key, credentials.secret_key, credentials.token or None
        if found == _static(credentials.method, environment, files, session):
            _last = credentials, looked_at
    return credentials


def _content(file: str) -> bytes:
    """The times of a file could not tell its contents apart: a second change may come within the same
    tick of the clock, and a network's file system may show old times."""
    path = os.path.expanduser(os.path.expandvars(file))
    if not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb", buffering=0) as opened:
            return opened.read()
    except OSError:  # botocore, too, takes it for empty
        return b""


def _static(
    method: str, environment: "dict[Any, Any]", files: "list[bytes]", session: Session
) -> "Optional[tuple[Optional[str], ...]]":
    """What the environment or the files said before botocore looked. Another thread may have changed
    them for the time of that look."""

    def variable(*names: str) -> "Optional[str]":
        for name in names:
            value = environment.get(os.environ.encodekey(name))
            if value is not None:
                return os.environ.decodevalue(value)
        return None

    if method == "env":
        token = variable("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
        return variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), token or None
    if method in {"shared-credentials-file", "config-file"}:
        name = variable("AWS_DEFAULT_PROFILE", "AWS_PROFILE") or "default"
        profile = session.full_config["profiles"].get(name, {})
        key, secret = profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")
        token = profile.get("aws_security_token") or profile.get("aws_session_token")
        if key and secret and any(key.encode() in f and secret.encode() in f for f in files):
            return key, secret, token or None
    return None
