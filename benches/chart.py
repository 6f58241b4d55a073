"""Draws chart.svg and languages.svg."""

import math

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 760, 262, 56, 82, 40, 12

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .quiet, .value { fill: #59636e; }
  .value { font-size: 12px; font-variant-numeric: tabular-nums; }
  .ours { font-weight: 600; }
  .floor { stroke: #59636e; stroke-dasharray: 3 3; }
  .none { fill: #8c959f; } .session { fill: #c8cfd6; }
  .ours.none { fill: #0969da; } .ours.session { fill: #80bdff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet, .value { fill: #9198a1; }
    .floor { stroke: #9198a1; }
    .none { fill: #6e7681; } .session { fill: #3d444d; }
    .ours.none { fill: #4493f8; } .ours.session { fill: #1f4f8f; }
  }
"""


def draw(of_floor):
    """A row for each title of `of_floor`: its multiples of the floor without a session token, and
    with one of 904 bytes. Our own stand out."""
    rows = sorted(of_floor.items(), key=lambda row: row[1][0])
    scale = (WIDTH - LEFT - RIGHT) / max(max(row[0], row[904]) for _, row in rows)
    height = TOP + ROW * len(rows) + 34
    svg = [
        *_head(height, "Time per token, in multiples of the hashing that it needs"),
        f'<text x="{WIDTH - 8}" y="52" text-anchor="end" class="quiet">shorter is faster</text>',
    ]
    for i, (title, values) in enumerate(rows):
        y = TOP + ROW * i
        kind = "ours" if title.startswith("bedrock_token") else "peers"
        svg.append(
            f'<text x="{LEFT - 12}" y="{y + BAR + 5}" text-anchor="end" class="{kind}">{title}</text>'
        )
        for value, which, at in (values[0], "none", y), (values[904], "session", y + BAR + 1):
            width = max(value * scale, 2)
            svg += _bar(LEFT, at, width, f"{kind} {which}", f"{value:.{1 if value < 10 else 0}f}")
    x, bottom = LEFT + scale, TOP + ROW * len(rows)
    svg.append(f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}" class="floor"/>')
    svg.append(
        f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" class="quiet">1: the SHA-256 blocks alone</text>'
    )
    svg.append("</svg>")
    return "\n".join(svg) + "\n"


def draw_languages(bars):
    """A row for each title of `bars`: how many times as long as ours the alternative takes without a
    session token, and with one of 904 bytes if it takes one. The scale is logarithmic."""
    rows = sorted(bars.items(), key=lambda row: row[1][0])
    left, top = 330, TOP + 6
    most = max(map(max, bars.values()))
    height = top + ROW * len(rows) + 34
    decade = (WIDTH - left - RIGHT) / math.log10(most)
    svg = [
        *_head(height, "Time of the alternative in each language, in multiples of ours"),
        f'<text x="{WIDTH - 8}" y="52" text-anchor="end" class="quiet">longer: ours is faster</text>',
    ]
    bottom = top + ROW * len(rows)
    for power in range(math.floor(math.log10(most)) + 1):
        x = left + decade * power
        svg.append(f'<line x1="{x:.1f}" y1="{top - 8}" x2="{x:.1f}" y2="{bottom}" class="floor"/>')
        svg.append(
            f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" class="quiet">{10**power:,}</text>'
        )
    for i, (title, values) in enumerate(rows):
        y = top + ROW * i
        svg.append(f'<text x="{left - 12}" y="{y + BAR + 5}" text-anchor="end">{title}</text>')
        for value, which, at in zip(values, ("none", "session"), (y, y + BAR + 1)):
            width = max(math.log10(value) * decade, 2)
            svg += _bar(left, at, width, which, f"{value:,.{1 if value < 10 else 0}f}")
    svg.append("</svg>")
    return "\n".join(svg) + "\n"


def _head(height, title):
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="{title}">',
        f"<style>{STYLE}</style>",
        f'<text x="8" y="24" class="title">{title}</text>',
        '<rect x="8" y="41" width="12" height="12" rx="2" class="none"/>',
        '<text x="26" y="52" class="quiet">no session token</text>',
        '<rect x="146" y="41" width="12" height="12" rx="2" class="session"/>',
        '<text x="164" y="52" class="quiet">a session token of 904 bytes</text>',
    ]


def _bar(x, y, width, kind, value):
    return [
        f'<rect x="{x}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" class="{kind}"/>',
        f'<text x="{x + width + 6:.1f}" y="{y + 10}" class="value">{value}</text>',
    ]
