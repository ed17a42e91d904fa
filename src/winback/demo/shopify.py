"""Shops: Shopify's order export, and the tills whose orders come through `generic`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from winback.demo.behaviour import Simulation
from winback.demo.events import Month, Rows
from winback.demo.files import DAY, ExportWriter, Ints, pick, random
from winback.demo.people import CITIES, NO_MAIL, Flags, People
from winback.demo.texts import addresses_as_written

FOLDER = "shopify/main"
ZONE = "Europe/Paris"
CURRENCIES = ("EUR", "MAD", "USD", "GBP")
PRICE_FACTOR = (1.0, 11.0, 1.1, 0.9)
PAID, PENDING, PARTIAL, REFUNDED, CANCELLED = range(5)
SHOPIFY_STATUS = ("paid", "pending", "partially_refunded", "refunded", "voided")
STATUS = ("paid", "pending", "partially_refunded", "refunded", "cancelled")

CATEGORIES = (
    ("Dresses", "Shirts", "Shoes"),
    ("Watches", "Bags", "Jewellery"),
    ("Kitchen", "Bedding", "Lighting"),
    ("Skin care", "Perfume", "Make-up"),
)
ADJECTIVES = ("Linen", "Classic", "Light", "Soft", "Bold", "Petite", "Grand", "Everyday", "Noir")
PER_CATEGORY = 10


def catalogue() -> dict[str, Any]:
    """Return the products: sku, name, category and price in cents of euro."""
    names, categories, prices = [], [], []
    rng = random(0, "catalogue")
    for sector, group in enumerate(CATEGORIES):
        middle = (4500, 32_000, 5500, 2800)[sector]
        for category in group:
            for number in range(PER_CATEGORY):
                word = ADJECTIVES[number % len(ADJECTIVES)]
                names.append(f"{word} {category.lower()} {number + 1}")
                categories.append(category)
                prices.append(round(middle * float(np.exp(rng.normal(0, 0.5))) / 50) * 50)
    return {
        "sku": [f"SKU-{number + 1:04d}" for number in range(len(names))],
        "name": names,
        "category": categories,
        "price": np.maximum(np.array(prices), 300),
    }


@dataclass
class Orders:
    """Orders of one month and their lines; amounts in cents."""

    orders: Rows
    items: Rows


@dataclass
class ShopExports:
    """Draws what is in each order and writes Shopify's files by quarter."""

    writer: ExportWriter
    simulation: Simulation
    number: int = 0
    files: int = 0
    pending: list[Orders] = field(default_factory=list)
    months: int = 0
    products: dict[str, Any] = field(default_factory=catalogue)
    all_orders: list[Rows] = field(default_factory=list)
    latest: Orders | None = None

    def __post_init__(self) -> None:
        """Prepare the addresses as typed at the till."""
        people = self.simulation.people
        typed = addresses_as_written(people, "shopify", self.simulation.seed)
        # people whose two CRM records were merged still order under the second address
        self.addresses = pc.if_else(
            pa.array(people.has_merged_record), people.older_addresses, typed
        )

    def add(self, month: Month) -> Orders:
        """Draw a month's orders, write Shopify's every third month, return those of the tills."""
        drawn = self._draw(month)
        self.all_orders.append(drawn.orders)
        self.latest = _part(drawn, ~drawn.orders["in_store"])
        self.pending.append(self.latest)
        self.months += 1
        if self.months % 3 == 0:
            self._flush()
        return _part(drawn, drawn.orders["in_store"])

    def finish(self) -> None:
        """Write what is left."""
        self._flush()

    def repeat_latest(self) -> None:
        """Export the last month a second time, under the next number."""
        if self.latest is not None:
            self.pending.append(self.latest)
            self._flush()
            repeat = self.writer.files[-1]
            repeat.repeated = repeat.lines

    def _draw(self, month: Month) -> Orders:
        people, person, at = (
            self.simulation.people,
            month.orders["person"].astype(np.int64),
            month.orders["at"],
        )
        rng = random(self.simulation.seed, "orders", month.start)
        count = len(person)
        number = self.number + np.arange(count)
        self.number += count
        countries = np.array([one[2] for one in CITIES])[people.city[person]]
        luck = rng.random(count)
        currency = np.select(
            [(countries == "MA") & (luck < 0.7), countries == "US", luck > 0.993], [1, 2, 3], 0
        )
        lines = np.minimum(rng.geometric(0.6, count), 6)
        order = np.repeat(np.arange(count), lines)
        first = np.concatenate([[True], order[1:] != order[:-1]]) if count else order == 0
        size = len(order)
        block = len(CATEGORIES[0]) * PER_CATEGORY
        product = people.sector[person[order]] * block + rng.integers(0, block, size)
        stray = rng.random(size) < 0.1
        product = np.where(stray, rng.integers(0, len(self.products["sku"]), size), product)
        quantity = np.where(rng.random(size) < 0.86, 1, rng.integers(2, 4, size))
        factor = np.array(PRICE_FACTOR)[currency[order]]
        price = np.rint(self.products["price"][product] * factor / 10).astype(np.int64) * 10
        gross = np.zeros(count, np.int64)
        np.add.at(gross, order, quantity * price)
        discount = np.where(rng.random(count) < 0.1, gross // 10, 0)
        rate = np.array(PRICE_FACTOR)[currency]
        shipping = np.where(gross < 6000 * rate, np.rint(490 * rate), 0).astype(np.int64)
        in_store = people.in_loyalty[person] & (rng.random(count) < 0.25)
        shipping = np.where(in_store, 0, shipping)
        total = gross - discount + shipping
        status = rng.choice(5, count, p=[0.915, 0.025, 0.02, 0.025, 0.015])
        refunded = np.select([status == REFUNDED, status == PARTIAL], [total, total * 3 // 10], 0)
        return Orders(
            {
                "number": number,
                "person": person,
                "at": at,
                "currency": currency,
                "subtotal": gross - discount,
                "discount": discount,
                "shipping": shipping,
                "total": total,
                "refunded": refunded,
                "status": status,
                "in_store": in_store,
                "has_email": rng.random(count) >= 0.02,
                "note": rng.random(count),
            },
            {
                "order": order,
                "first": first,
                "product": product,
                "quantity": quantity,
                "price": price,
            },
        )

    def _flush(self) -> None:
        if not self.pending:
            return
        self.files += 1
        joined = _join(self.pending)
        self.pending.clear()
        self.writer.write(
            f"{FOLDER}/orders_export_{self.files}.csv", self.table(joined), shopify_select()
        )

    def table(self, orders: Orders) -> pa.Table:
        """Return one row per line item, with its order's fields."""
        people, items = self.simulation.people, orders.items
        spread = {name: column[items["order"]] for name, column in orders.orders.items()}
        person = spread["person"]
        city = people.city[person]
        products = self.products
        return pa.table(
            {
                **{name: column for name, column in spread.items() if name != "in_store"},
                "first": items["first"],
                "email": pick(self.addresses, np.where(spread["has_email"], person, -1)),
                "first_name": pick(people.first_names, people.first[person]),
                "last_name": pick(people.last_names, people.last[person]),
                "status": pick(pa.array(SHOPIFY_STATUS), spread["status"]),
                "currency": pick(pa.array(CURRENCIES), spread["currency"]),
                "accepts": accepts_marketing(people)[person],
                "phone": phone(person),
                "cancelled": spread["status"] == CANCELLED,
                "unpaid": np.isin(spread["status"], (PENDING, CANCELLED)),
                "city": pick(pa.array([one[0] for one in CITIES]), city),
                "zip": pick(pa.array([one[3] for one in CITIES]), city),
                "country": pick(pa.array([one[2] for one in CITIES]), city),
                "quantity": items["quantity"],
                "price": items["price"],
                "item": pick(pa.array(products["name"]), items["product"]),
                "sku": pick(pa.array(products["sku"]), items["product"]),
            }
        )


_HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,"
    "Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,"
    "Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
    "Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,"
    "Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,"
    "Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)
HEADER = _HEADER.split(",")

FIRST_NAME, FIRST_ID = 1001, 5_100_000_000


def money(column: str) -> str:
    """Return SQL for cents as text with two decimals."""
    return f"({column} / 100)::decimal(18, 2)"


def shopify_select() -> str:
    """Return the SQL of Shopify's order export over `ShopExports.table`."""
    utc = "timezone('UTC', make_timestamp((\"at\" + {plus}) * 1000000))"

    def local(plus: int) -> str:
        here = f"timezone('{ZONE}', {utc.format(plus=plus)})"
        back = f"timezone('UTC', {utc.format(plus=plus)})"
        hours = f"(epoch({here}) - epoch({back})) // 3600"
        return f"strftime({here}, '%Y-%m-%d %H:%M:%S +0') || ({hours})::int || '00'"

    name = "first_name || ' ' || last_name"
    # Shopify repeats the name, the address and the vendor on every line of an order
    every_line = {
        "Name": f"'#' || ({FIRST_NAME} + number)",
        "Email": "email",
        "Lineitem quantity": "quantity",
        "Lineitem name": "item",
        "Lineitem price": money("price"),
        "Lineitem sku": "sku",
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "'fulfilled'",
        "Lineitem discount": "'0.00'",
        "Vendor": "'Maison Winback'",
    }
    first_line = {
        "Financial Status": "status",
        "Paid at": f"case when not unpaid then {local(60)} end",
        "Fulfillment Status": "if(unpaid, 'unfulfilled', 'fulfilled')",
        "Fulfilled at": f"case when not unpaid then {local(DAY)} end",
        "Accepts Marketing": "if(accepts, 'yes', 'no')",
        "Currency": "currency",
        "Subtotal": money("subtotal"),
        "Shipping": money("shipping"),
        "Taxes": money("(total // 6)"),
        "Total": money("total"),
        "Discount Code": "case when discount > 0 then 'WELCOME10' end",
        "Discount Amount": money("discount"),
        "Shipping Method": "'Standard'",
        "Created at": local(0),
        "Billing Name": name,
        "Billing City": "city",
        "Billing Zip": "chr(39) || zip",
        "Billing Country": "country",
        "Billing Phone": "case when not has_email then chr(39) || phone end",
        "Shipping Name": name,
        "Shipping City": "city",
        "Shipping Zip": "chr(39) || zip",
        "Shipping Country": "country",
        "Notes": "case when note < 0.02 then 'Leave at the door,' || chr(10) "
        "|| 'it''s the \"blue\" one' end",
        "Note Attributes": "case when note > 0.97 then 'gift: yes' || chr(10) || 'wrap: plain' end",
        "Cancelled at": f"case when cancelled then {local(7200)} end",
        "Payment Method": "'Shopify Payments'",
        "Payment Reference": "'c' || number",
        "Refunded Amount": money("refunded"),
        "Outstanding Balance": f"if(unpaid, {money('total')}, 0)",
        "Id": f"{FIRST_ID} + number",
        "Risk Level": "'Low'",
        "Source": "'web'",
    }
    columns = []
    for title in HEADER:
        if title in every_line:
            sql = every_line[title]
        elif title in first_line:
            sql = f"case when first then {first_line[title]} end"
        else:
            sql = "null::varchar"
        columns.append(f'{sql} as "{title}"')
    return f"select {', '.join(columns)} from rows"


def _part(drawn: Orders, kept: Flags) -> Orders:
    place = np.cumsum(kept) - 1
    lines = kept[drawn.items["order"]]
    items = {name: column[lines] for name, column in drawn.items.items()}
    items["order"] = place[items["order"]]
    return Orders({name: column[kept] for name, column in drawn.orders.items()}, items)


def _join(parts: list[Orders]) -> Orders:
    sizes = np.cumsum([0, *[len(part.orders["at"]) for part in parts[:-1]]])
    orders = {
        name: np.concatenate([part.orders[name] for part in parts]) for name in parts[0].orders
    }
    items = {name: np.concatenate([part.items[name] for part in parts]) for name in parts[0].items}
    items["order"] = np.concatenate(
        [part.items["order"] + size for part, size in zip(parts, sizes, strict=True)]
    )
    return Orders(orders, items)


join_orders = _join
"""Join orders of several months."""


def accepts_marketing(people: People) -> Flags:
    """Tell who ticks the box at the checkout."""
    return np.asarray((people.home != NO_MAIL) & ~people.crm_only_mail)


def phone(person: Ints) -> pa.Array:
    """Return the number that each person gives in the place of an address."""
    digits = pc.utf8_lpad(pa.array(person % 10**8).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise("+336", digits, "")


def counted(status: Ints) -> Flags:
    """Tell which orders count as revenue: paid, partly or fully refunded (net)."""
    return np.isin(status, (PAID, PARTIAL, REFUNDED))
