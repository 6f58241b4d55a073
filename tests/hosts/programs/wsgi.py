"""For gunicorn's own workers."""

from asking import ask, provider


def application(_environ, start_response):
    start_response("200 OK", [])
    return [ask(provider.get()).encode()]
