#!/usr/bin/env python3
"""Draws the charts. `chart.py FILE <TABLE` draws the table that growth.c prints."""

import io
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib
from matplotlib import pyplot

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "", "font.size": 10})
NO_SESSION, SESSION = "#0969da", "#80bdff"


def save(figure, file):
    drawn = io.StringIO()
    figure.savefig(drawn, metadata={"Date": None})
    lines = drawn.getvalue().splitlines()
    Path(file).write_text("".join(line.rstrip() + "\n" for line in lines))


def bars(file, title, note, rows):
    """Rows are a title, a value without a session token, one with a session token of 904 bytes, and
    whether they are our own, which stand out."""
    rows = sorted(rows, key=lambda row: -row[1])
    figure, axes = pyplot.subplots(figsize=(8, 1.2 + 0.45 * len(rows)), layout="constrained")
    for which, (label, color) in enumerate(
        [("no session token", NO_SESSION), ("a session token of 904 bytes", SESSION)]
    ):
        places = [at + 0.2 - 0.4 * which for at in range(len(rows))]
        drawn = axes.barh(places, [row[1 + which] for row in rows], 0.4, label=label, color=color)
        axes.bar_label(drawn, fmt="{:.3g}", padding=3, fontsize=8)
    axes.set(title=title, xlabel=note, xscale="log", yticks=range(len(rows)))
    axes.set_yticklabels([row[0] for row in rows])
    for label, row in zip(axes.get_yticklabels(), rows):
        label.set_fontweight("bold" if row[3] else "normal")
    axes.minorticks_off()
    axes.margins(x=0.1)
    axes.set_xlim(left=1)
    axes.legend(loc="upper right")
    save(figure, file)


def growth(file, lines):
    panels = defaultdict(lambda: defaultdict(list))
    for panel, series, *point in (line.rstrip("\n").split("\t") for line in lines):
        panels[panel][series].append(tuple(map(float, point)))
    figure, grid = pyplot.subplots(2, 2, figsize=(8, 6), sharey=True, layout="constrained")
    for axes, (panel, all_series) in zip(grid.flat, panels.items()):
        for series, points in all_series.items():
            axes.plot(*zip(*points), marker=".", label=series)
        axes.set(title=panel, xscale="symlog", yscale="log", ylim=(1e3, 1e8))
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(loc="lower left", fontsize=8)
    figure.suptitle("Tokens in a second of processor time")
    save(figure, file)


if __name__ == "__main__":
    growth(sys.argv[1], sys.stdin)
