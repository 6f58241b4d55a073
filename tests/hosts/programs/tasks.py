"""For Celery. As a program, it sends NUMBER tasks and prints their results."""

import os
import sys

from celery import Celery, group

folder = os.environ["FOLDER"]
app = Celery("tasks", broker="filesystem://", backend=f"file://{folder}")
app.conf.broker_transport_options = {"data_folder_in": folder, "data_folder_out": folder}
app.conf.worker_enable_remote_control = False  # this broker has none

if __name__ != "__main__":
    import asking


@app.task(name="ask")
def ask() -> str:
    return asking.ask(asking.provider.get())


if __name__ == "__main__":
    tasks = group(ask.s() for _ in range(int(sys.argv[1])))
    print(*tasks().get(timeout=120), sep="\n")
