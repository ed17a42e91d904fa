"""Writes the demo: every month as it is simulated, then what only the end knows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from winback.demo.behaviour import Simulation
from winback.demo.dirt import HubspotDelivery, TextDirt, write_header_only
from winback.demo.events import Month
from winback.demo.files import ExportWriter
from winback.demo.fivetran import FivetranTables
from winback.demo.folders import SCRATCH, clear
from winback.demo.ga4 import SessionExports
from winback.demo.generic import GenericExports
from winback.demo.hubspot import HubspotExports
from winback.demo.mailchimp import AudienceExports
from winback.demo.people import Window, add_months, make_people
from winback.demo.shopify import ShopExports
from winback.demo.truth import TruthWriter
from winback.errors import UserError

END = date(2026, 6, 30)
FIRST_DAY = date(1975, 1, 1)
"""People joined up to 900 days before; times before 1970 are no times of an export."""


@dataclass(frozen=True)
class DemoSummary:
    """What was written and how long it took."""

    landing: Path
    truth: Path
    contacts: int
    files: int
    lines: int
    seconds: float
    expectations: dict[str, Any] = field(repr=False)


def write(
    landing: Path,
    truth: Path,
    contacts: int = 20_000,
    months: int = 18,
    seed: int = 7,
    end: date = END,
    dirt: bool = True,
    console: Console | None = None,
    send_every_days: float = 14.0,
    mail_test: bool = False,
) -> DemoSummary:
    """Write exports of all systems to `landing` and what really happened to `truth`.

    Equal arguments give byte-identical files. Files of a former demo are replaced, all others kept.

    Args:
        landing: folder of exports; `<system>/<account>/<file>` below it.
        truth: folder of the ground truth.
        contacts: number of people, from 200 on.
        months: whole months of history, the last one that of `end`; from 4 to 60.
        seed: any whole number from 0 on.
        end: last day of the history; the last day of a month, and before today.
        dirt: put the faults of real exports in; without it every line is good.
        console: where progress is shown; none when left out.
        send_every_days: days between two newsletters of an account, 1 to 365.
        mail_test: mail an offer to half of the loyalty programme, with a known effect on each.

    Raises:
        UserError: an argument is out of range, or a folder holds files that no demo wrote.
    """
    _check(contacts, months, seed, end, send_every_days)
    started = time.perf_counter()
    manifest = clear(landing, truth)
    window = Window(end, months)
    simulation = Simulation(
        make_people(contacts, window, seed), window, seed, send_every_days, mail_test=mail_test
    )
    writer = ExportWriter(manifest, truth / SCRATCH)
    try:
        with Progress(
            TextColumn("[progress.description]{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=console,
            disable=console is None,
            transient=True,
        ) as progress:
            task = progress.add_task("demo exports", total=months + 1)
            audience = AudienceExports(writer, simulation)
            fivetran = FivetranTables(writer, simulation)
            hubspot = HubspotExports(writer, simulation)
            shop = ShopExports(writer, simulation)
            tills = GenericExports(writer, simulation)
            sessions = SessionExports(writer, simulation)
            known = TruthWriter(truth, writer, simulation)
            delivery = HubspotDelivery(months, seed) if dirt else None
            writer.after_write = TextDirt() if dirt else None
            for index, month in enumerate(simulation.run()):
                name = f"{datetime.fromtimestamp(month.start, UTC):%Y-%m}"
                progress.update(task, description=f"demo exports {name}")
                audience.add(month)
                fivetran.add(month)
                _write_hubspot_month(hubspot, delivery, index, month, name)
                tills.add(shop.add(month))
                sessions.add(month)
                known.add(month)
                progress.advance(task)
            progress.update(task, description="demo exports: archives")
            for part in (audience, fivetran, hubspot, shop, tills):
                part.finish()
            if dirt:
                shop.repeat_latest()
                before = f"{add_months(window.first_day, -1):%Y%m}"
                write_header_only(
                    writer,
                    f"ga4/main/ga4_sessions_{add_months(window.first_day, 1):%Y%m}.csv",
                    f"ga4/main/ga4_sessions_{before}.csv",
                )
            parameters = {
                "contacts": contacts,
                "months": months,
                "seed": seed,
                "end": end.isoformat(),
                "dirt": dirt,
                "send_every_days": send_every_days,
            }
            if mail_test:
                parameters["mail_test"] = True
            expectations = known.finish(
                audience,
                fivetran,
                shop,
                tills,
                (sessions.total, sessions.linked),
                parameters,
            )
            manifest.finish()
            progress.advance(task)
    finally:
        writer.close()
    return DemoSummary(
        landing=landing,
        truth=truth,
        contacts=contacts,
        files=len(writer.files),
        lines=sum(file.lines for file in writer.files),
        seconds=time.perf_counter() - started,
        expectations=expectations,
    )


def _write_hubspot_month(
    hubspot: HubspotExports, delivery: HubspotDelivery | None, index: int, month: Month, name: str
) -> None:
    table = hubspot.add(month)
    if delivery is None:
        hubspot.write_events(f"hubspot-email-events-{name}.csv", table)
        return
    table, duplicates = delivery.deliver(index, table)
    last = index == delivery.months - 1
    label = f"{name}-cumulative" if last else name
    file = hubspot.write_events(f"hubspot-email-events-{label}.csv", table)
    file.duplicates = duplicates
    if last:
        file.repeated, file.late = delivery.repeated, delivery.late_events


def _check(contacts: int, months: int, seed: int, end: date, send_every_days: float) -> None:
    if contacts < 200:
        raise UserError(f"--contacts is {contacts}: give 200 or more")
    if not 4 <= months <= 60:
        raise UserError(f"--months is {months}: give 4 to 60")
    if seed < 0:
        raise UserError(f"--seed is {seed}: give 0 or more")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    if end > yesterday:
        raise UserError(f"--end is {end}: give a day up to yesterday, {yesterday}")
    if (end + timedelta(days=1)).day != 1:
        raise UserError(f"--end is {end}: give the last day of a month, as 2026-06-30")
    if end < FIRST_DAY or Window(end, months).first_day < FIRST_DAY:
        raise UserError(
            f"--end {end} with --months {months} begins too early: give a history from {FIRST_DAY}"
        )
    if not 1 <= send_every_days <= 365:
        raise UserError(f"--send-every-days is {send_every_days}: give 1 to 365")
