"""Sheets of six pictures each, and a page that finds them and lays them side by side."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from PIL import Image, ImageDraw

SIX = 6
COLUMNS = {"390": (6, 300, 1500), "768": (3, 560, 1050), "1280": (3, 640, 1000), "print": (3, 560, 1050)}
"""By width: columns, pixels across a picture and at most down it. What is longer is cut; the picture itself is whole."""
KIND = re.compile(r"(.+)-(390|768|1280)-(light|dark)$|(.+)-(print)$")


def pictures(folder: Path) -> dict[str, list[str]]:
    """Names of the pictures by page, in order."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.jpg")):
        match = KIND.fullmatch(path.stem)
        if match:
            found.setdefault(match[1] or match[4], []).append(path.stem)
    return found


def write_sheets(folder: Path) -> None:
    """One look in light for each width and for paper, and in dark the widest and the narrowest."""
    sheets = folder / "sheets"
    sheets.mkdir(exist_ok=True)
    for old in sheets.iterdir():
        old.unlink()
    titles = list(pictures(folder))
    for kind in ("390-light", "768-dark", "1280-light", "print", "390-dark", "1280-dark"):
        columns, across, down = COLUMNS[kind.split("-")[0]]
        for number, start in enumerate(range(0, len(titles), SIX), start=1):
            six = [folder / f"{title}-{kind}.jpg" for title in titles[start : start + SIX]]
            _sheet([path for path in six if path.is_file()], sheets / f"{kind}-{number:02}.png", columns, across, down)


def _sheet(paths: list[Path], to: Path, columns: int, across: int, down: int) -> None:
    tiles = []
    for path in paths:
        with Image.open(path) as picture:
            scale = across / picture.width
            cut = picture.crop((0, 0, picture.width, min(picture.height, round(down / scale))))
            tiles.append((path.stem, cut.resize((across, max(1, round(cut.height * scale))), Image.Resampling.LANCZOS)))
    if not tiles:
        return
    rows = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    heights = [max(tile.height for _, tile in row) + 24 for row in rows]
    sheet = Image.new("RGB", (columns * (across + 12), sum(heights)), "#888888")
    draw = ImageDraw.Draw(sheet)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for column, (name, tile) in enumerate(row):
            draw.text((column * (across + 12) + 4, top + 5), name, fill="white")
            sheet.paste(tile, (column * (across + 12), top + 20))
        top += height
    sheet.quantize(128).save(to)


def write_index(folder: Path) -> None:
    """A page without a server: words narrow the list, ticks choose the widths, a click opens the whole picture."""
    data = json.dumps(pictures(folder)).replace("</", "<\\/")
    readings = json.dumps(sorted(path.stem for path in (folder / "reading").glob("*.txt")))
    (folder / "index.html").write_text(PAGE.replace("DATA", data).replace("READINGS", readings), encoding="utf-8")


PAGE = (
    """<!doctype html><html lang="en"><meta charset="utf-8"><title>"""
    + html.escape("Gallery: every page")
    + """</title><style>
body{font:15px system-ui;margin:0;background:#777;color:#fff}form{position:sticky;top:0;background:#333;padding:10px 16px;display:flex;gap:16px;flex-wrap:wrap;align-items:center}
input[type=search]{font:inherit;padding:6px 10px;width:22rem}h2{font-size:15px;margin:20px 16px 6px}h2 a{color:#cfe}
.row{display:flex;gap:12px;overflow-x:auto;padding:0 16px 12px;align-items:flex-start}figure{margin:0;flex:none}img{display:block;height:auto;max-height:560px;object-fit:cover;object-position:top}
figcaption{font-size:12px}.whole img{max-height:none}</style>
<form><label>Find <input type="search" autofocus placeholder="license errors"></label><span id="kinds"></span><label><input type="checkbox" id="whole"> whole</label><span id="count"></span></form>
<main></main><script>
const pages = DATA, readings = new Set(READINGS);
const kinds = ["390-light","390-dark","768-light","768-dark","1280-light","1280-dark","print"];
const wide = {390: 260, 768: 400, 1280: 560, print: 380};
const chosen = new Set(["390-light","768-dark","1280-light"]);
const main = document.querySelector("main"), search = document.querySelector("input[type=search]");
for (const kind of kinds) {
  const label = document.createElement("label"), box = document.createElement("input");
  box.type = "checkbox"; box.checked = chosen.has(kind);
  box.onchange = () => { box.checked ? chosen.add(kind) : chosen.delete(kind); draw(); };
  label.append(box, " " + kind + "  "); document.querySelector("#kinds").append(label);
}
function draw() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const found = Object.keys(pages).filter((title) => words.every((word) => title.includes(word)));
  document.querySelector("#count").textContent = found.length + " pages";
  main.replaceChildren(...found.flatMap((title) => {
    const head = document.createElement("h2"), row = document.createElement("div");
    head.textContent = title + " ";
    if (readings.has(title)) { const link = document.createElement("a"); link.href = "reading/" + title + ".txt"; link.textContent = "as read"; head.append(link); }
    row.className = "row";
    for (const kind of kinds) if (chosen.has(kind) && pages[title].includes(title + "-" + kind)) {
      const figure = document.createElement("figure"), link = document.createElement("a"), picture = new Image(), caption = document.createElement("figcaption");
      link.href = picture.src = title + "-" + kind + ".jpg"; picture.loading = "lazy"; picture.width = wide[kind.split("-")[0]]; picture.alt = title + ", " + kind;
      caption.textContent = kind; link.append(picture); figure.append(link, caption); row.append(figure);
    }
    return [head, row];
  }));
}
search.oninput = draw; document.querySelector("#whole").onchange = (event) => main.classList.toggle("whole", event.target.checked);
document.querySelector("form").onsubmit = () => false; draw();
</script></html>
"""
)
