"""The summary and the shown goals -> report.html, one file that opens without a network and prints.

All words of goals go through the template's escaping. The charts are drawn here as SVG, each beside the
table that says the same; the page's script only filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from goalsmith.audit.columns import audit_table
from goalsmith.audit.rates import ENOUGH, FAULTS, RATES, differs
from goalsmith.checks import CATALOGUE
from goalsmith.report.words import KINDS, SEVERITIES

_INK, _ACCENT, _QUIET = "#1d2733", "#1f5a8a", "#8a94a0"
_FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
_BARS = 40  # groups a chart shows at most, the lowest


def page(summary: dict[str, Any], shown: Sequence[dict[str, Any]], formats: Sequence[str]) -> str:
    """The report as HTML.

    Args:
        summary: what ``summary.json`` holds.
        shown: finished rows, in the order of the input.
        formats: the suffixes of the files beside it that hold all goals.
    """
    bank = summary["bank"]
    leaves = _leaves(summary["groups"])
    names = {tuple(group["group"]): f"g{n}" for n, group in enumerate(summary["groups"])}
    goals = sorted(
        (_goal(row, names) for row in shown),
        key=lambda goal: (goal["path"], goal["score"] or 0, goal["order"]),
    )
    made: str = _template().render(
        s=summary,
        bank=bank,
        rates=[(name, RATES[name], bank["rates"][name]) for name in _told(summary)],
        published={row["rate"]: row for row in summary["published"]},
        groups=[_group(group, names, bank) for group in summary["groups"]],
        leaves=leaves,
        findings=_findings(summary),
        goals=goals,
        codes=sorted({finding["code"] for goal in goals for finding in goal["findings"]}),
        checks={code: check.name for code, check in CATALOGUE.items()} | summary["bank_findings"],
        kinds=KINDS,
        areas=_areas(summary),
        formats=formats,
        enough=ENOUGH,
        chart_rates=_rates_chart(summary),
        chart_scores=_scores_chart(bank),
        chart_groups=_groups_chart(leaves, bank) if len(leaves) > 1 else None,
        bars=_BARS,
    )
    return made.strip() + "\n"


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("goalsmith.audit", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "interval": _interval, "many": _many, "path": _path}
    environment.globals["severities"] = SEVERITIES
    return environment.get_template("report.html.jinja")


def _percent(value: float | None) -> str:
    """A share for a reader: whole percents, with a decimal below 1 and above 99."""
    if value is None:
        return "–"
    percent = 100 * value
    fine = 0 < percent < 1 or 99 < percent < 100
    return f"{percent:.1f} %" if fine else f"{percent:.0f} %"


def _interval(rate: dict[str, Any]) -> str:
    return "–" if rate["rate"] is None else f"{100 * rate['low']:.0f} to {100 * rate['high']:.0f} %"


def _many(count: int, one: str, several: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def _path(group: Sequence[str]) -> str:
    return " › ".join(group)


def _told(summary: dict[str, Any]) -> list[str]:
    return [name for name in RATES if name != "last_year" or summary["previous_year"]]


def _leaves(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups that hold no other."""
    inner = {tuple(group["group"][:-1]) for group in groups}
    return [group for group in groups if tuple(group["group"]) not in inner]


def _group(group: dict[str, Any], names: dict[tuple[str, ...], str], bank: dict[str, Any]) -> dict[str, Any]:
    marks = {name: differs(group["rates"][name], bank["rates"][name]) for name in RATES}
    # 1 is better than the bank, -1 worse, whichever way the rate counts.
    better = {name: -mark if name in FAULTS else mark for name, mark in marks.items()}
    return {**group, "key": names[tuple(group["group"])], "depth": len(group["group"]), "better": better}


def _goal(row: dict[str, Any], names: dict[tuple[str, ...], str]) -> dict[str, Any]:
    path = tuple(row["groups"])
    within = [names[path[:n]] for n in range(1, len(path) + 1) if path[:n] in names]
    return {
        "path": path,
        "within": " ".join(within),
        "order": (row["file"], row["sheet"] or "", row["row"], row["column"] or ""),
        "id": row["id"],
        "name": row["name"],
        "where": f"{_file_name(row['file'])}{' [' + row['sheet'] + ']' if row['sheet'] else ''}, row {row['row']}",
        "column": row["column"],
        "kind": row["kind"],
        "area": row["area"],
        "score": row["score_total"],
        "text": row["text"],
        "pieces": list(_pieces(row["text"], row["parts"])),
        "beside": row["beside"],
        "waived": row["waived"],
        "findings": [f | {"quote": row["text"][f["start"] : f["end"]][:160]} for f in row["findings"]],
        "rewrite": list(_slots(row["rewrite"])) if row["rewrite"] else None,
        "rewrite_score": row["rewrite_score"],
        "clash": row["clash"],
    }


def _file_name(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


def _pieces(text: str, parts: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """The text in stretches, each with the part it is, or none."""
    at = 0
    for part in sorted(parts, key=lambda part: int(part["start"])):
        if part["start"] > at:
            yield text[at : part["start"]], None
        if part["end"] > max(at, part["start"]):
            yield text[max(at, part["start"]) : part["end"]], part["label"]
        at = max(at, part["end"])
    if at < len(text):
        yield text[at:], None


def _slots(text: str) -> Iterator[tuple[str, bool]]:
    """A rewrite in stretches, each with whether it is an open slot."""
    for piece in re.split(r"(\[[^\]\n]{1,60}\])", text):
        if piece:
            yield piece, piece.startswith("[") and piece.endswith("]")


def _findings(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """What was found most often, with what it says."""
    counts = sorted(summary["bank"]["findings"].items(), key=lambda item: (-item[1], item[0]))
    rows = []
    for code, count in counts:
        check = CATALOGUE.get(code)
        name = check.name if check else summary["bank_findings"][code]
        says = check.summary if check else audit_table().findings[code]["says"]
        rows.append({"code": code, "name": name, "says": says, "count": count})
    return rows


def _areas(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Each area with the groups where it stands out."""
    rows = []
    for area, rate in sorted(summary["bank"]["areas"].items(), key=lambda item: (-item[1]["hits"], item[0])):
        apart = [row for row in summary["areas_that_differ"] if row["area"] == area]
        rows.append(
            {
                "area": area,
                **rate,
                "more": [row for row in apart if row["more"]][:6],
                "fewer": [row for row in apart if not row["more"]][:6],
            }
        )
    return rows


# Charts


def _svg(spec: dict[str, Any], says: str) -> Markup:
    """A Vega-Lite chart as SVG with a name for who can't see it."""
    import vl_convert

    axis = {"labelColor": _INK, "titleColor": _INK, "gridColor": "#e4e8ec", "domainColor": "#b8c0c8", "tickColor": "#b8c0c8"}  # fmt: skip
    text = {"labelFont": _FONT, "titleFont": _FONT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}  # fmt: skip
    config = {"view": {"stroke": None}, "axis": axis | text, "font": _FONT, "legend": text}
    drawn = vl_convert.vegalite_to_svg(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "config": config,
            "background": None,
            # The reader's machine may lack the fonts the labels are measured with: its own may be wider.
            "padding": {"left": 36, "right": 12, "top": 5, "bottom": 5},
            **spec,
        }
    )
    # The numbers stand in the table beside; a reader that speaks is told what the chart is, once.
    return Markup('<div class="chart" role="img" aria-label="{}">{}</div>').format(
        says, Markup(re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", drawn))
    )


def _rates_chart(summary: dict[str, Any]) -> Markup:
    others = {row["rate"]: row["figure"] / 100 for row in summary["published"]}
    rows = [
        {
            "rate": _SHORT[name],
            "share": r["rate"],
            "low": r["low"],
            "high": r["high"],
            "other": others.get(name),
        }
        for name in _told(summary)
        if name not in FAULTS and (r := summary["bank"]["rates"][name])["rate"] is not None
    ]
    y = {"field": "rate", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False, "domain": False, "labelPadding": 8, "labelLimit": 220}}  # fmt: skip
    x = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%", "tickCount": 5}}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "color": "#8fb1cd", "height": 14}, "encoding": {"x": {"field": "share", "title": "share of the goals that state it", **x}}},
        {"mark": {"type": "rule", "color": _INK, "strokeWidth": 1.5}, "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}}},
        {"transform": [{"filter": "isValid(datum.other)"}], "mark": {"type": "point", "shape": "diamond", "filled": True, "color": "#b3541e", "stroke": "#fff", "strokeWidth": 1, "opacity": 1, "size": 110}, "encoding": {"x": {"field": "other", **x}}},
    ]  # fmt: skip
    spec = {
        "width": 520,
        "height": {"step": 27},
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": layers,
    }
    return _svg(
        spec, "Bars: the share of goals that state each part, with its interval; the table gives the numbers."
    )


_SHORT = {
    "nothing_to_mend": "nothing to mend",
    "measurable": "measurable",
    "observable": "observable",
    "criterion": "criterion",
    "condition": "condition",
    "timeframe": "deadline",
    "method": "method",
    "baseline": "baseline",
}


def _scores_chart(bank: dict[str, Any]) -> Markup:
    rows = [
        {"from": 10 * n, "score": f"{10 * n}–{10 * n + (10 if n == 9 else 9)}", "goals": count}
        for n, count in enumerate(bank["score_deciles"])
    ]
    spec = {
        "width": 520,
        "height": 150,
        "data": {"values": rows},
        "mark": {"type": "bar", "color": "#8fb1cd"},
        "encoding": {
            "x": {"field": "score", "type": "ordinal", "sort": {"field": "from"}, "title": "SMART score", "axis": {"labelAngle": 0, "ticks": False}},
            "y": {"field": "goals", "type": "quantitative", "title": "goals", "axis": {"tickCount": 4, "domain": False, "format": ",d"}},
        },
    }  # fmt: skip
    told = ", ".join(f"{row['score']}: {row['goals']:,}" for row in rows)
    return _svg(spec, f"Goals by SMART score. {told}.")


def _groups_chart(leaves: Sequence[dict[str, Any]], bank: dict[str, Any]) -> Markup:
    told = [(g, g["rates"]["nothing_to_mend"]) for g in leaves if g["goals"]]
    told = sorted(told, key=lambda pair: (pair[1]["rate"], pair[0]["group"]))[:_BARS]
    rows = [
        {"group": _path(g["group"]), "share": r["rate"], "low": r["low"], "high": r["high"]} for g, r in told
    ]
    whole = bank["rates"]["nothing_to_mend"]["rate"]
    y = {"field": "group", "type": "nominal", "sort": None, "title": None, "axis": {"ticks": False, "domain": False, "grid": True, "labelPadding": 8, "labelLimit": 240}}  # fmt: skip
    x = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%", "tickCount": 5}}
    layers: list[dict[str, Any]] = [
        {"data": {"values": [{"all": whole}]}, "mark": {"type": "rule", "color": "#b3541e", "strokeDash": [4, 3]}, "encoding": {"x": {"field": "all", **x}}},
        {"mark": {"type": "rule", "color": _QUIET, "strokeWidth": 2}, "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "color": _ACCENT, "size": 60, "opacity": 1}, "encoding": {"y": y, "x": {"field": "share", "title": "goals with nothing that must be mended; dashed: all goals", **x}}},
    ]  # fmt: skip
    spec = {"width": 520, "height": {"step": 22}, "data": {"values": rows}, "layer": layers}
    return _svg(
        spec,
        "The share of goals with nothing that must be mended in each group, with its interval; the table gives the numbers.",
    )
