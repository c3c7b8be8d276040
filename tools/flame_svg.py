"""A flame graph of one exit as SVG: from left to right its instructions, from top to bottom the calls."""
import html
import zlib

WIDTH, ROW, MARGIN, HEAD = 1200, 19, 12, 58
CHAR = 6.6  # width of a character of the labels


def colour(module, inlined):
    """A hue for each module; what is inlined is paler."""
    hue = zlib.crc32(module.encode()) % 360
    return f"hsl({hue},{45 if inlined else 70}%,{82 if inlined else 70}%)"


def box(span, scale):
    x, width = MARGIN + span.start * scale, (span.end - span.start) * scale
    y = HEAD + span.depth * ROW
    count = span.end - span.start
    room = int((width - 6) / CHAR)
    label = span.name if len(span.name) <= room else f"{span.name[:room - 1]}…" if room > 3 else ""
    where = f" ({span.module})" if span.module else ""
    title = f"{span.name}{where}{', inlined' if span.inlined else ''}: {count} instructions"
    return (f'<g><title>{html.escape(title)}</title>'
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 1}" rx="2" '
            f'fill="{colour(span.module, span.inlined)}"/>'
            + (f'<text x="{x + 3:.1f}" y="{y + 13}">{html.escape(label)}</text>' if label else "") + "</g>")


def ruler(count, scale):
    """A mark each so many instructions, about ten of them."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if count / s <= 12)
    marks = (f'<text x="{MARGIN + at * scale:.1f}" y="{HEAD - 6}" fill="#666">{at}</text>'
             for at in range(0, count + 1, step))
    return "".join(marks)


def draw(title, spans):
    """The text of the SVG."""
    count = max(span.end for span in spans)
    height = HEAD + (max(span.depth for span in spans) + 1) * ROW + MARGIN
    scale = (WIDTH - 2 * MARGIN) / count
    body = "\n".join(box(span, scale) for span in spans)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="11">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
            f'<text x="{MARGIN}" y="24" font-family="sans-serif" font-size="15">{html.escape(title)}</text>\n'
            f'{ruler(count, scale)}\n{body}\n</svg>\n')
