"""The truth about people: the latent state of each, whether mail may be sent, and their records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from winback.demo.behaviour import Simulation
from winback.demo.campaigns import euids, is_closed
from winback.demo.events import COMPLAINT, HARD, UNSUBSCRIBE, Rows
from winback.demo.files import DAY, NEVER, ExportWriter, Ints, pick
from winback.demo.fivetran import FivetranTables
from winback.demo.generic import GenericExports, has_address, is_deleted, members, opted_out
from winback.demo.hubspot import MERGED_OFFSET, in_hubspot, record_ids
from winback.demo.mailchimp import AudienceExports
from winback.demo.offers import GROUPS
from winback.demo.people import COLD_BUYER, NEVER_ENGAGED, SECTORS, SHOP_FR, SHOP_MA, Flags
from winback.demo.shopify import ShopExports, accepts_marketing, phone

STATES = ("active", "new", "lapsed", "reactivated", "never_engaged", "cold_buyer")
ACTIVE, NEW, LAPSED, REACTIVATED, NEVER_DID, COLD = range(6)
CAUSES = ("unsubscribe", "hard_bounce", "complaint", "deleted", "never_subscribed")


@dataclass(frozen=True)
class Holders:
    """Who has a record in each tool at the end, as numbers of persons."""

    audience: Ints
    fivetran: Ints
    crm: Ints
    buyers: Ints
    phone_buyers: Ints
    loyal: Ints


def holders(simulation: Simulation, shop: ShopExports) -> Holders:
    """Find who has a record in each tool."""
    people, stop = simulation.people, simulation.window.stop

    def listed(account: int) -> Ints:
        subs = simulation.lists[account]
        return subs.person[subs.joined_at < stop]

    def bought(has_email: bool) -> Ints:
        parts = [
            rows["person"][(rows["has_email"] == has_email) & ~rows["in_store"]]
            for rows in shop.all_orders
        ]
        return np.unique(np.concatenate(parts))

    never_asked = np.flatnonzero(people.crm_only_mail & (people.joined_at < stop))
    return Holders(
        audience=np.union1d(listed(SHOP_FR), never_asked),
        fivetran=listed(SHOP_MA),
        crm=np.flatnonzero(in_hubspot(simulation) & (people.joined_at < stop)),
        buyers=bought(has_email=True),
        phone_buyers=bought(has_email=False),
        loyal=members(simulation),
    )


def true_states(simulation: Simulation) -> Ints:
    """Return the position in `STATES` of each person at the end."""
    people, stop = simulation.people, simulation.window.stop
    gone = (people.lapsed_at < stop) & (people.returned_at >= stop)
    return np.select(
        [
            people.kind == NEVER_ENGAGED,
            gone,
            people.returned_at < stop,
            people.kind == COLD_BUYER,
            people.joined_at >= stop - 30 * DAY,
        ],
        [NEVER_DID, LAPSED, REACTIVATED, COLD, NEW],
        ACTIVE,
    )


def may_be_mailed(simulation: Simulation, held: Holders) -> tuple[Ints, Flags]:
    """Return the position in `CAUSES` of what forbids mail to each person, and who asked for it.

    What a loyalty record without an address says cannot be laid on anybody: it is left out.
    """
    people, stop = simulation.people, simulation.window.stop
    count = len(people)
    everyone = np.arange(count)

    def among(person: Ints) -> Flags:
        return np.isin(everyone, person)

    told = among(held.loyal) & has_address(everyone)
    buyer, accepts = among(held.buyers), accepts_marketing(people)
    asked = (told & ~opted_out(everyone)) | (buyer & accepts)
    cause = np.where(told & opted_out(everyone), CAUSES.index("unsubscribe"), -1)
    for name, kind in (
        ("unsubscribe", UNSUBSCRIBE),
        ("hard_bounce", HARD),
        ("complaint", COMPLAINT),
    ):
        for subs in simulation.lists:
            closed = is_closed(simulation, subs) & (subs.close_type == kind)
            cause[subs.person[closed]] = CAUSES.index(name)
            asked[subs.person[subs.joined_at < stop]] = True
    # one closed account does not speak for the others
    elsewhere = among(np.concatenate([held.audience, held.fivetran, held.crm, held.buyers]))
    cause[told & is_deleted(everyone) & ~elsewhere] = CAUSES.index("deleted")
    # a box left empty forbids to mail who subscribed nowhere
    refused = people.crm_only_mail | (buyer & ~accepts)
    cause[(cause < 0) & refused & ~asked] = CAUSES.index("never_subscribed")
    return cause, asked


def write_contacts(
    folder: Path, writer: ExportWriter, simulation: Simulation, held: Holders
) -> tuple[dict[str, int], dict[str, int]]:
    """Write `contacts.parquet`; return the number of persons by state and by blocking cause."""
    people, stop = simulation.people, simulation.window.stop
    state = true_states(simulation)
    cause, asked = may_be_mailed(simulation, held)
    writer.copy(
        folder / "contacts.parquet",
        pa.table(
            {
                "person": np.arange(len(people)),
                "state": pick(pa.array(STATES), state),
                "joined": people.joined_at,
                "lapsed": people.lapsed_at,
                "returned": people.returned_at,
                "last_act": simulation.last_act,
                "acted": simulation.last_act > 0,
                "cadence": np.where(
                    np.isin(people.kind, (NEVER_ENGAGED, COLD_BUYER)), -1, people.cadence_days
                ),
                "order_gap": np.where(people.buys, people.order_gap_days, -1),
                "sector": pick(pa.array(SECTORS), people.sector),
                "mpp": people.has_mpp,
                "gateway": people.has_gateway,
                "tracking": people.allows_tracking,
                "asked": asked,
                "cause": pick(pa.array(CAUSES), cause),
            }
        ),
        f"""select person as person_id, state as true_state,
            case when returned < {NEVER} and returned < {stop} then null
                when lapsed < {stop} then make_timestamp(lapsed * 1000000)::date end
                as lapsed_on,
            case when returned < {stop} then make_timestamp(lapsed * 1000000)::date end
                as earlier_lapsed_on,
            case when returned < {stop} then make_timestamp(returned * 1000000)::date end
                as returned_on,
            make_timestamp(joined * 1000000)::date as joined_on,
            case when acted then make_timestamp(last_act * 1000000) end as last_human_act_at,
            case when cadence > 0 then cadence::float end as cadence_days,
            case when order_gap > 0 then order_gap::float end as order_gap_days,
            sector, mpp as has_privacy_proxy, gateway as has_link_scanner,
            tracking as email_tracking_allowed,
            case when cause is not null then false when asked then true end as is_mailable,
            cause as blocking_cause
        from rows""",
        "format parquet, compression zstd",
    )
    return _counted(STATES, state), _counted(CAUSES, cause)


def write_offers(folder: Path, writer: ExportWriter, offers: Rows) -> None:
    """Write `offers.parquet`: what the offer changes in each member of the test."""
    writer.copy(
        folder / "offers.parquet",
        pa.table(offers | {"group": pick(pa.array(GROUPS), offers["group"])}),
        """select person as person_id, if(treated, 'offer', 'control') as arm,
            make_timestamp("at" * 1000000) as assigned_at, "group" as true_group, orders_anyway,
            true_uplift
        from rows""",
        "format parquet, compression zstd",
    )


def _counted(names: tuple[str, ...], codes: Ints) -> dict[str, int]:
    return {name: int((codes == code).sum()) for code, name in enumerate(names)}


def write_records(
    folder: Path,
    writer: ExportWriter,
    simulation: Simulation,
    held: Holders,
    exports: tuple[AudienceExports, FivetranTables, ShopExports, GenericExports],
) -> tuple[int, int]:
    """Write `records.parquet`.

    Return the number of persons that have a record, and the number of contacts that can be told:
    nothing ties a loyalty record without an address, or a shopper known by phone, to the person's
    other records.
    """
    people, stop = simulation.people, simulation.window.stop
    audience, fivetran, shop, generic = exports
    two = held.crm[people.has_merged_record[held.crm]]
    changed = held.crm[people.address_changed_at[held.crm] < stop]
    unknown, given = pa.nulls(len(people), pa.string()), has_address(np.arange(len(people)))
    parts = [
        _part(
            "mailchimp/shop_fr", held.audience, euids(SHOP_FR, held.audience), audience.addresses
        ),
        _part(
            "mailchimp/shop_ma", held.fivetran, euids(SHOP_MA, held.fivetran), fivetran.addresses
        ),
        _part("hubspot/main", held.crm, record_ids(held.crm), people.addresses),
        _part("hubspot/main", changed, record_ids(changed), people.older_addresses),
        _part("hubspot/main", two, record_ids(two) + MERGED_OFFSET, people.older_addresses),
        _part("shopify/main", held.buyers, None, shop.addresses),
        _part("shopify/main", held.phone_buyers, None, unknown, phone(held.phone_buyers)),
        _part(
            "generic/main",
            held.loyal,
            [f"L{person:07d}" for person in held.loyal],
            pc.if_else(pa.array(given), generic.addresses.cast(pa.string()), None),
        ),
    ]
    table = pa.concat_tables(parts)
    writer.copy(folder / "records.parquet", table, "from rows", "format parquet, compression zstd")
    person = table["person_id"].to_numpy()
    loyal = given[held.loyal]
    tied = (held.audience, held.fivetran, held.crm, held.buyers, held.loyal[loyal])
    apart = len(held.phone_buyers) + int((~loyal).sum())
    return len(np.unique(person)), len(np.unique(np.concatenate(tied))) + apart


def _part(
    account: str, person: Ints, ids: Any, addresses: pa.Array, phones: pa.Array | None = None
) -> pa.Table:
    system, relation = account.split("/")
    count = len(person)
    nothing = pa.nulls(count, pa.string())
    return pa.table(
        {
            "source_system": pa.array([system] * count, pa.string()),
            "source_relation": pa.array([relation] * count, pa.string()),
            "source_contact_id": nothing if ids is None else pa.array(ids).cast(pa.string()),
            "email": addresses.take(pa.array(person)).cast(pa.string()),
            "phone": nothing if phones is None else phones,
            "person_id": pa.array(person.astype(np.int64)),
        }
    )
