"""The plain door: the loyalty programme's members, the tills' orders, products, an experiment."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from winback.demo.behaviour import Simulation
from winback.demo.campaigns import names
from winback.demo.files import DAY, ExportWriter, Ints, pick
from winback.demo.hubspot import JOBS
from winback.demo.people import CITIES, SECTORS, Flags
from winback.demo.shopify import CURRENCIES, STATUS, Orders, catalogue, join_orders, money
from winback.demo.texts import addresses_as_written, utc

FOLDER = "generic/main"
# name of each experiment and of its arm that is not control
EXPERIMENT = ("win_back_call", "call")
OFFER = ("member_offer", "offer")
TIERS = ("bronze", "silver", "gold")


def members(simulation: Simulation) -> Ints:
    """Return the persons of the loyalty programme, in the order of its numbers."""
    people = simulation.people
    return np.flatnonzero(people.in_loyalty & (people.joined_at < simulation.window.stop))


def opted_out(person: Ints) -> Flags:
    """Tell which members told the programme that they want no mail."""
    return np.asarray(person * 7919 % 1000 < 12)


def is_deleted(person: Ints) -> Flags:
    """Tell which members closed their account with the programme."""
    return np.asarray(person * 6007 % 1000 == 17)


def has_address(person: Ints) -> Flags:
    """Tell which members gave the programme an address."""
    return np.asarray(person * 104_729 % 1000 >= 15)


class GenericExports:
    """Keeps the tills' orders and writes all files at the end."""

    def __init__(self, writer: ExportWriter, simulation: Simulation) -> None:
        """Start without orders."""
        self.writer = writer
        self.simulation = simulation
        self.months: list[Orders] = []
        self.addresses = addresses_as_written(simulation.people, "generic", simulation.seed)

    def add(self, orders: Orders) -> None:
        """Keep the tills' orders of a month."""
        self.months.append(orders)

    def finish(self) -> None:
        """Write contacts, products, orders, order_items and experiment_assignments."""
        self._contacts()
        self._orders()
        products = catalogue()
        self.writer.write(
            f"{FOLDER}/products.csv",
            pa.table(products),
            f"""select sku as product_id, name, category, 'EUR' as currency,
                {money("price")} as list_price, true as is_active
            from rows""",
        )
        tests = [
            (assigned, names)
            for assigned, names in (
                (self.simulation.assignments, EXPERIMENT),
                (self.simulation.offers, OFFER),
            )
            if assigned is not None
        ]
        if tests:
            self.writer.write(
                f"{FOLDER}/experiment_assignments.csv",
                pa.concat_tables(
                    pa.table({key: assigned[key] for key in ("person", "treated", "at")})
                    .append_column("experiment", pa.array([name] * len(assigned["at"])))
                    .append_column("arm", pa.array([arm] * len(assigned["at"])))
                    for assigned, (name, arm) in tests
                ),
                f"""select experiment, if(treated, arm, 'control') as arm,
                    {contact_id("person")} as contact_id, {utc("at")} as assigned_at
                from rows""",
            )

    def _contacts(self) -> None:
        simulation, people = self.simulation, self.simulation.people
        person = members(simulation)
        city = people.city[person]
        stop = simulation.window.stop
        self.writer.write(
            f"{FOLDER}/contacts.csv",
            pa.table(
                {
                    "person": person,
                    "email": pick(self.addresses, np.where(has_address(person), person, -1)),
                    **names(simulation, person),
                    "born": people.birth_day[person],
                    "female": people.is_female[person],
                    "city": pick(pa.array([one[0] for one in CITIES]), city),
                    "region": pick(pa.array([one[1] for one in CITIES]), city),
                    "country": pick(pa.array([one[2] for one in CITIES]), city),
                    "language": pick(pa.array(["fr", "ar", "en"]), person % 3),
                    "job": pick(pa.array(JOBS), np.where(person % 4 < 3, person % len(JOBS), -1)),
                    "sector": pick(pa.array(SECTORS), people.sector[person]),
                    "created": people.joined_at[person],
                    "updated": np.maximum(
                        people.joined_at[person], stop - 1 - person * 31 % 90 * DAY
                    ),
                    "out": opted_out(person),
                    "deleted": is_deleted(person),
                    "tracking": people.allows_tracking[person],
                    "influence": person * 48_611 % 1000 / 10,
                    "tier": pick(
                        pa.array(TIERS), np.minimum(2, np.where(people.buys[person], person % 4, 0))
                    ),
                }
            ),
            f"""select {contact_id("person")} as contact_id, email, first_name, last_name,
                date '1970-01-01' + born::int as birth_date,
                if(female, 'female', 'male') as gender, city, region, country as country_code,
                language, job as profession, sector, {utc("created")} as created_at,
                {utc("updated")} as updated_at,
                if("out", 'unsubscribed', 'subscribed') as email_consent,
                {utc("created")} as consent_at, tracking as email_tracking_allowed,
                case when person % 5 = 0 then 'sales;events' when person % 5 = 1 then 'sales' end
                    as preferences,
                influence as social_influence_score, deleted as is_deleted,
                tier as loyalty_tier, 'S' || lpad((person % 12 + 1)::varchar, 2, '0')
                    as home_store
            from rows""",
        )

    def _orders(self) -> None:
        drawn = join_orders(self.months)
        orders, items = drawn.orders, drawn.items
        self.writer.write(
            f"{FOLDER}/orders.csv",
            pa.table(
                {
                    **{key: orders[key] for key in ("number", "person", "at", "total", "refunded")},
                    "email": pick(
                        self.addresses,
                        np.where(has_address(orders["person"]), orders["person"], -1),
                    ),
                    "status": pick(pa.array(STATUS), orders["status"]),
                    "currency": pick(pa.array(CURRENCIES), orders["currency"]),
                }
            ),
            f"""select 'T' || number as order_id, {contact_id("person")} as contact_id,
                {utc("at")} as ordered_at, status, currency, {money("total")} as net_amount,
                {money("refunded")} as refunded_amount, false as is_test
            from rows""",
        )
        first = np.flatnonzero(items["first"])
        line = np.arange(len(items["order"])) - first[items["order"]] + 1
        self.writer.write(
            f"{FOLDER}/order_items.csv",
            pa.table(
                {
                    "number": orders["number"][items["order"]],
                    "line": line,
                    "sku": pick(pa.array(catalogue()["sku"]), items["product"]),
                    "quantity": items["quantity"],
                    "price": items["price"],
                }
            ),
            f"""select 'T' || number as order_id, line as line_number, sku as product_id,
                quantity, {money("price")} as unit_price, {money("price * quantity")} as line_amount
            from rows""",
        )


def contact_id(column: str) -> str:
    """Return SQL for the programme's number of a person."""
    return f"'L' || lpad({column}::varchar, 7, '0')"
