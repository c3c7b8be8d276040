"""Pieces of a self-contained page: no script, and a policy under which nothing is fetched."""
import html
from typing import NamedTuple

STYLE = """
:root { color-scheme: light; --ink: #1d2733; --soft: #5c6b7a; --line: #e3e6ea; --back: #f7f8fa; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 1080px; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; } h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p.about { font-size: 1.1rem; margin: .2rem 0 .8rem; } p.note { color: var(--soft); max-width: 52rem; margin: .4rem 0; }
p.warn { background: #fff6e5; border-left: 3px solid #d9a32f; padding: .5rem .8rem; max-width: 52rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; margin: .4rem 0; }
th, td { padding: .22rem .8rem .22rem 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th { color: var(--soft); font-weight: 600; } th.text, td.text { text-align: left; }
td small { color: var(--soft); } code, pre { font-size: .85rem; } pre { background: var(--back); padding: .6rem .8rem; white-space: pre-wrap; word-break: break-all; }
.pair { display: flex; flex-wrap: wrap; gap: 1rem; } .pair > figure { flex: 1 1 480px; } figure { margin: .4rem 0; } svg { width: 100%; height: auto; }
div.scroll { overflow-x: auto; } td.better { font-weight: 650; color: #1e6b34; } td.over { background: #fbe3dc; } td.under { background: #e9f4ea; } p.made { color: var(--soft); font-size: .85rem; }
"""


class Drawing(NamedTuple):
    """A part of a page with plots in it, which are files of their own too."""
    content: str
    plots: tuple

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>{title}</title><style>{style}</style></head>
<body>
{body}
</body></html>
"""


def escape(text):
    return html.escape(str(text))


def number(value):
    """As people read it: groups of three digits; of what is not whole four digits, or one after the point."""
    if not float(value).is_integer() and abs(value) < 1000:
        return f"{value:.4g}"
    grouped = f"{int(value):,}" if float(value).is_integer() else f"{value:,.1f}"
    return grouped.replace(",", "\u202f")


def cell(content, kind="", **data):
    """A table's cell; `content` is HTML. What `data` names is there for programs that read the page."""
    words = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items())
    style = f' class="{kind}"' if kind else ""
    return f"<td{style}{words}>{content}</td>"


def table(head, rows, texts=1):
    """Rows of cells; the first `texts` columns are words, the others numbers."""
    def title(i, word):
        return f'<th{" class=text" if i < texts else ""}>{escape(word)}</th>'
    lines = ["<tr>" + "".join(title(i, word) for i, word in enumerate(head)) + "</tr>"]
    lines += ["<tr>" + "".join(row) + "</tr>" for row in rows]
    return '<div class="scroll"><table>' + "\n".join(lines) + "</table></div>"


def figure(plot):
    return Drawing(f"<figure>{plot.svg}</figure>", (plot,))


def pair(*plots):
    return Drawing('<div class="pair">' + "".join(figure(plot).content for plot in plots) + "</div>", plots)


def note(text, kind="note"):
    return f'<p class="{kind}">{escape(text)}</p>'


def whole(title, parts):
    body = "\n".join(part.content if isinstance(part, Drawing) else part for part in parts)
    return PAGE.format(title=escape(title), style=STYLE, body=body)


def plots_of(parts):
    return [plot for part in parts if isinstance(part, Drawing) for plot in part.plots]
