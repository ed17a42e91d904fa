"""The people behind the exports: who they are, how they behave, which addresses they use.

Each person has a latent state that no export shows: when they lapsed (or never), when they came
back, how often something makes them act (`cadence_days`) and how regularly. The exports are what
that state leaves behind in each tool. Addresses end in `.example`, which is reserved (RFC 2606):
nothing can be sent to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from winback.demo.files import DAY, NEVER, Ints, random

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SHOP_FR, SHOP_MA, HUBSPOT, NO_MAIL = 0, 1, 2, 3
ACCOUNTS = (("mailchimp", "shop_fr"), ("mailchimp", "shop_ma"), ("hubspot", "main"))

FASHION, LUXURY, HOME, BEAUTY = 0, 1, 2, 3
SECTORS = ("fashion", "luxury", "home", "beauty")
REGULAR, NEVER_ENGAGED, COLD_BUYER = 0, 1, 2

# first name, gender; accents are for the names as written, addresses fold them
_FIRST_NAMES = (
    "Amina:f Youssef:m Fatima:f Omar:m Salma:f Karim:m Nadia:f Mehdi:m Zineb:f Rachid:m "
    "Camille:f Lucas:m Chloé:f Hugo:m Léa:f Louis:m Manon:f Jules:m Inès:f Théo:m "
    "Élodie:f François:m Hélène:f Jérôme:m Zoé:f Noël:m Agnès:f André:m Anaïs:f Benoît:m "
    "Emma:f James:m Olivia:f Noah:m Sophia:f Liam:m Mia:f Ethan:m Clara:f Paul:m"
)
_LAST_NAMES = (
    "Benali Alaoui Tazi Idrissi Berrada Bennani Chraibi Fassi Lahlou Sefrioui Martin Bernard "
    "Dubois Thomas Robert Richard Petit Durand Leroy Moreau Lefèvre Gauthier Perrin Faure "
    "Lemaître Béranger O'Neill D'Amico Smith Jones Taylor Brown Garcia Rossi Weber Nguyen "
    "Silva Kowalski Novák Jensen"
)
FIRST_NAMES, LAST_NAMES = _FIRST_NAMES.split(), _LAST_NAMES.split()
CITIES = (
    ("Paris", "Île-de-France", "FR", "75008", "France"),
    ("Lyon", "Auvergne-Rhône-Alpes", "FR", "69002", "France"),
    ("Marseille", "Provence-Alpes-Côte d'Azur", "FR", "13001", "France"),
    ("Lille", "Hauts-de-France", "FR", "59000", "France"),
    ("Nantes", "Pays de la Loire", "FR", "44000", "France"),
    ("Bruxelles", "Bruxelles", "BE", "01000", "Belgique"),
    ("Genève", "Genève", "CH", "01204", "Suisse"),
    ("Casablanca", "Casablanca-Settat", "MA", "20000", "Maroc"),
    ("Rabat", "Rabat-Salé-Kénitra", "MA", "10000", "Maroc"),
    ("Marrakech", "Marrakech-Safi", "MA", "40000", "Maroc"),
    ("Windhoek", "Khomas", "NA", "09000", "Namibie"),
    ("New York", "New York", "US", "10001", "United States"),
)
# (domain, share of people); the last three are companies behind a gateway that follows links
DOMAINS = (
    ("gmail.example", 0.30),
    ("icloud.example", 0.16),
    ("hotmail.example", 0.14),
    ("orange.example", 0.13),
    ("menara.example", 0.11),
    ("yahoo.example", 0.12),
    ("atlas-industries.example", 0.02),
    ("groupe-verdier.example", 0.01),
    ("northbank.example", 0.01),
)
GATEWAY_DOMAINS = (6, 7, 8)


def epoch_seconds(day: date) -> int:
    """Return the second at which a day starts, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def add_months(day: date, months: int) -> date:
    """Return the first of the month `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Window:
    """The time covered: whole months up to and including the month of `end`."""

    end: date
    months: int

    @property
    def first_day(self) -> date:
        """First day of the first month."""
        return add_months(self.end, 1 - self.months)

    @property
    def start(self) -> int:
        """First second of the window."""
        return epoch_seconds(self.first_day)

    @property
    def stop(self) -> int:
        """First second after the window."""
        return epoch_seconds(self.end + timedelta(days=1))

    def month_starts(self) -> list[date]:
        """First days of the months covered."""
        return [add_months(self.first_day, month) for month in range(self.months)]


@dataclass
class People:
    """One entry per person in every array; times in seconds, `NEVER` when it does not happen.

    `lapsed_at` is the true lapse: no human act of the person from then on, until `returned_at`.
    """

    first_names: pa.Array
    last_names: pa.Array
    first: Ints
    last: Ints
    is_female: Flags
    birth_day: Ints
    city: Ints
    domain: Ints
    sector: Ints
    kind: Ints
    home: Ints
    joined_at: Ints
    lapsed_at: Ints
    returned_at: Ints
    dead_at: Ints
    cadence_days: Floats
    regularity: Floats
    email_share: Floats
    click_share: Floats
    hour: Floats
    device: Ints
    buys: Flags
    order_gap_days: Floats
    order_regularity: Floats
    has_mpp: Flags
    has_image_proxy: Flags
    has_gateway: Flags
    allows_tracking: Flags
    in_crm: Flags
    in_loyalty: Flags
    crm_only_mail: Flags
    addresses: pa.Array
    older_addresses: pa.Array
    address_changed_at: Ints
    has_merged_record: Flags
    is_plus_address: Flags

    def __len__(self) -> int:
        """Return the number of persons."""
        return len(self.first)

    def acts_at(self, person: Ints, at: Ints) -> Flags:
        """Tell whether each person is in an active spell at each time."""
        lapsed = (at >= self.lapsed_at[person]) & (at < self.returned_at[person])
        return (at >= self.joined_at[person]) & ~lapsed


def make_people(contacts: int, window: Window, seed: int) -> People:
    """Draw the population."""
    rng = random(seed, "people")
    count = contacts
    start, stop = window.start, window.stop
    length = stop - start

    names = [name.split(":") for name in FIRST_NAMES]
    first = rng.integers(0, len(names), count)
    last = rng.integers(0, len(LAST_NAMES), count)
    is_female = np.array([gender == "f" for _, gender in names])[first]

    home = rng.choice(4, count, p=[0.44, 0.28, 0.23, 0.05])
    european = rng.choice(len(CITIES), count, p=_city_shares(0.06))
    moroccan = rng.choice(len(CITIES), count, p=_city_shares(0.9))
    city = np.where(home == SHOP_MA, moroccan, european)
    domain = rng.choice(len(DOMAINS), count, p=[share for _, share in DOMAINS])
    sector = rng.choice(4, count, p=[0.40, 0.15, 0.28, 0.17])
    kind = rng.choice(3, count, p=[0.87, 0.08, 0.05])

    # 57 % were there before, 4 % are newcomers of the last three weeks
    age = rng.choice(3, count, p=[0.57, 0.39, 0.04])
    before = start - rng.integers(1, 900 * DAY, count)
    newest = min(21 * DAY, length // 2)
    during = start + (rng.random(count) * (length - newest)).astype(np.int64)
    newcomer = stop - newest + (rng.random(count) * (newest - DAY)).astype(np.int64)
    joined_at = np.select([age == 0, age == 1], [before, during], newcomer).astype(np.int64)

    lapsed_at, returned_at = _draw_lapses(rng, kind, sector, joined_at, start, stop)

    cadence = np.clip(np.exp(rng.normal(np.log(19), 0.65, count)), 4, 90)
    # regularity is the shape of the gamma gaps: 1 is a Poisson process, 6 nearly a metronome
    regularity = 1 + rng.gamma(1.5, 1.0, count).clip(0, 5)
    sector_gap = np.array([62.0, 150.0, 95.0, 70.0])[sector]
    order_gap = np.clip(sector_gap * np.exp(rng.normal(0, 0.45, count)), 14, 400)
    cold = kind == COLD_BUYER
    buys = (rng.random(count) < 0.42) | cold
    email_share = np.where(cold, 0.0, rng.beta(6, 2, count))
    gateway = np.isin(domain, GATEWAY_DOMAINS) & (rng.random(count) < 0.85)
    mpp = (rng.random(count) < np.where(domain == 1, 0.85, 0.22)) & ~gateway
    proxied = (domain == 0) & ~mpp & (rng.random(count) < 0.45)

    # an address dies with the account: some time after a lapse, now and then without
    dies = rng.random(count) < np.where(lapsed_at < NEVER, 0.05, 0.006)
    dying = np.where(lapsed_at < NEVER, np.maximum(lapsed_at, joined_at), start)
    dead_at = np.where(dies, dying + rng.integers(5, 300, count) * DAY, NEVER).astype(np.int64)
    dead_at = np.where(returned_at < NEVER, NEVER, dead_at)

    crm = (home == HUBSPOT) | (rng.random(count) < 0.32)
    changed = crm & (rng.random(count) < 0.02) & (joined_at < stop - 200 * DAY)
    changed_at = stop - 85 * DAY + rng.integers(0, 60, count) * DAY
    merged = crm & (rng.random(count) < 0.012) & (joined_at < stop - 200 * DAY) & ~changed
    plus = _plus_addresses(rng, count) & ~changed & ~merged
    addresses, older = _make_addresses(first, last, domain, plus)
    return People(
        first_names=pa.array([name for name, _ in names]),
        last_names=pa.array(LAST_NAMES),
        first=first,
        last=last,
        is_female=is_female,
        birth_day=rng.integers(-9_000, 14_000, count),
        city=city,
        domain=domain,
        sector=sector,
        kind=kind,
        home=home,
        joined_at=joined_at,
        lapsed_at=lapsed_at,
        returned_at=returned_at,
        dead_at=dead_at,
        cadence_days=cadence,
        regularity=regularity,
        email_share=email_share,
        click_share=rng.beta(2.2, 7.5, count),
        hour=rng.choice([8.0, 12.5, 18.0, 21.0], count, p=[0.3, 0.2, 0.2, 0.3]),
        device=rng.choice(3, count, p=[0.58, 0.36, 0.06]),
        buys=buys,
        order_gap_days=order_gap,
        order_regularity=1 + rng.gamma(1.2, 1.0, count).clip(0, 5),
        has_mpp=mpp,
        has_image_proxy=proxied,
        has_gateway=gateway,
        allows_tracking=rng.random(count) >= 0.03,
        in_crm=crm,
        in_loyalty=rng.random(count) < 0.25,
        crm_only_mail=(home == SHOP_FR) & (rng.random(count) < 0.05),
        addresses=addresses,
        older_addresses=older,
        address_changed_at=np.where(changed, changed_at, NEVER).astype(np.int64),
        has_merged_record=merged,
        is_plus_address=plus,
    )


def _city_shares(morocco: float) -> list[float]:
    weights = np.array([6, 3, 3, 2, 2, 1.2, 1, 5, 2.5, 2.5, 0.1, 0.7])
    here = np.array([country == "MA" for _, _, country, _, _ in CITIES])
    weights[here] *= morocco / weights[here].sum()
    weights[~here] *= (1 - morocco) / weights[~here].sum()
    return list(weights)


def _draw_lapses(
    rng: np.random.Generator, kind: Ints, sector: Ints, joined_at: Ints, start: int, stop: int
) -> tuple[Ints, Ints]:
    """Return lapse and return times: a constant hazard per sector, a few come back."""
    count = len(kind)
    mean_days = np.array([430.0, 900.0, 620.0, 480.0])[sector]
    spell = (20 + rng.exponential(mean_days)) * DAY
    # those who joined before are the survivors of then, but for 6 % who were gone already
    origin = np.maximum(joined_at, start)
    gone = (joined_at < start - 60 * DAY) & (rng.random(count) < 0.06)
    lapse = (origin + spell).astype(np.int64)
    earlier = start - rng.integers(1, 300, count) * DAY
    lapse = np.where(gone, np.maximum(earlier, joined_at + 20 * DAY), lapse)
    lapse = lapse // DAY * DAY
    lapse = np.where((lapse >= stop - DAY) | (kind == NEVER_ENGAGED), NEVER, lapse)
    back = lapse + (150 + rng.exponential(80, count)).astype(np.int64) * DAY
    comes_back = (rng.random(count) < 0.11) & (back < stop - 21 * DAY)
    returned = np.where((lapse < NEVER) & comes_back & (back > start), back, NEVER)
    return lapse.astype(np.int64), returned.astype(np.int64)


def _plus_addresses(rng: np.random.Generator, count: int) -> Flags:
    """Choose who shares a mailbox with the person before, under a plus-address."""
    plus = rng.random(count) < 0.006
    plus[0] = False
    return np.asarray(plus & ~np.concatenate([[False], plus[:-1]]))


def _make_addresses(
    first: Ints, last: Ints, domain: Ints, plus: Flags
) -> tuple[pa.Array, pa.Array]:
    """Return the address of each person, and the one before or beside it."""
    firsts = pa.array([_fold(name.split(":")[0]) for name in FIRST_NAMES])
    lasts = pa.array([_fold(name) for name in LAST_NAMES])
    domains = pa.array([name for name, _ in DOMAINS])
    number = np.arange(len(first))
    owner = np.where(plus, number - 1, number)
    local = pc.binary_join_element_wise(
        firsts.take(pa.array(first[owner])),
        pc.binary_join_element_wise(
            lasts.take(pa.array(last[owner])), pa.array(owner + 100).cast(pa.string()), ""
        ),
        ".",
    )
    tag = pa.array(["", "+"]).take(pa.array(plus.astype(np.int8)))
    tagged = pc.if_else(pa.array(plus), firsts.take(pa.array(first)), "")
    local = pc.binary_join_element_wise(local, tag, tagged, "")
    host = domains.take(pa.array(domain[owner]))
    older_host = domains.take(pa.array((domain[owner] + 2) % len(DOMAINS)))
    older = pc.binary_join_element_wise("old", local, ".")
    return (
        pc.binary_join_element_wise(local, host, "@"),
        pc.binary_join_element_wise(older, older_host, "@"),
    )


def _fold(name: str) -> str:
    folded = str.maketrans("éèêëïîôöçáà'", "eeeeiioocaa_")
    return name.lower().translate(folded).replace("_", "")
