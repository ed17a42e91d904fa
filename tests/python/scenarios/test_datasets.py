"""The public data sets give their published figures, read out of the marts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from benchmarks.propensity_on_digest import judge, shipped

from winback.simulator import ask, simulate

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario


@pytest.fixture(scope="module")
def rfm(tmp_path_factory: pytest.TempPathFactory, datasets: Path) -> Warehouse:
    warehouse = Warehouse(
        tmp_path_factory.mktemp("rfm"), datasets / "rfm", "{history_months: 0, fitted: []}"
    )
    warehouse.run(*("--systems", "generic", "--as-of", "2006-12-31", "--currency", "USD")).check()
    return warehouse


@pytest.fixture(scope="module")
def online_retail(tmp_path_factory: pytest.TempPathFactory, datasets: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("online_retail"), datasets / "online_retail")
    warehouse.run("--systems", "generic", "--as-of", "2011-12-10", "--currency", "GBP").check()
    return warehouse


@pytest.fixture(scope="module")
def mode_email(tmp_path_factory: pytest.TempPathFactory, datasets: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("mode_email"), datasets / "mode_email")
    warehouse.run(
        "--systems",
        "generic",
        "--vars",
        # every open falls within a minute of its send: fictional data, not machines
        "{signal_rules_disabled: [opened_at_once, clicked_at_once, all_links_at_once, ip_burst],"
        " history_months: 3, fitted: []}",
    ).check()
    return warehouse


class TestRfm:
    def test_cut_points_of_the_quantile_rule(self, rfm: Warehouse) -> None:
        for measure, expected in {
            "recency": (115, 181, 297.4, 482),
            "frequency": (4, 5, 6, 8),
            "monetary": (255.8, 382, 506.4, 666),
        }.items():
            found = rfm.query(
                f"select cut_20, cut_40, cut_60, cut_80 from rfm_cut_points"
                f" where measure = '{measure}' and as_of_date = date '2006-12-31'"
            )[0]
            assert [float(cut) for cut in found] == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("name", "scores"),
        [
            ("Abbey O''Reilly", "343"),
            ("Add Senger", "412"),
            ("Aden Lesch", "323"),
            ("Aden Murphy", "544"),
            ("Admiral Senger", "433"),
        ],
    )
    def test_scores_of_five_customers(self, rfm: Warehouse, name: str, scores: str) -> None:
        found = rfm.value(
            "select concat(sco.rfm_recency, sco.rfm_frequency, sco.rfm_monetary)"
            " from engagement_scores as sco"
            " inner join int_contact_identities as ids on sco.contact_id = ids.contact_id"
            f" where ids.identifier_type = 'source_id' and ids.identifier_value = '{name}'"
            " and sco.as_of_date = date '2006-12-31'"
        )
        assert found == scores

    def test_named_segments_follow_the_published_ranges(self, rfm: Warehouse) -> None:
        ranges = [
            ("Champions", (5, 5), (5, 5), (5, 5)),
            ("Potential Loyalist", (3, 5), (3, 5), (2, 5)),
            ("Loyal Customers", (2, 4), (2, 4), (2, 4)),
            ("Promising", (3, 4), (1, 3), (3, 5)),
            ("New Customers", (4, 5), (1, 3), (1, 5)),
            ("Can't Lose Them", (1, 2), (3, 4), (4, 5)),
            ("At Risk", (1, 2), (2, 5), (4, 5)),
            ("Need Attention", (1, 3), (3, 5), (3, 5)),
            ("About To Sleep", (2, 3), (1, 3), (1, 4)),
            ("Lost", (1, 1), (1, 5), (1, 5)),
        ]
        rows = rfm.query(
            "select rfm_recency, rfm_frequency, rfm_monetary, rfm_segment from engagement_scores"
            " where rfm_recency is not null"
        )
        assert len(rows) > 900
        for recency, frequency, monetary, segment in rows:
            expected = next(
                (
                    name
                    for name, *bounds in ranges
                    if all(
                        low <= value <= high
                        for value, (low, high) in zip(
                            (recency, frequency, monetary), bounds, strict=True
                        )
                    )
                ),
                "Others",
            )
            assert segment == expected

    def test_every_order_counts(self, rfm: Warehouse) -> None:
        assert rfm.value("select count(*) from fct_orders") == 4906
        assert rfm.value("select count(*) from dim_contacts") == 995


class TestOnlineRetail:
    def test_revenue_of_known_contacts(self, online_retail: Warehouse) -> None:
        orders, contacts, revenue = online_retail.query(
            "select count(*), count(distinct contact_id), sum(net_amount_base) from fct_orders"
            " where is_counted and contact_id is not null"
        )[0]
        assert (orders, contacts, revenue) == (18_532, 4_338, Decimal("8911407.90"))

    def test_the_features_hold_the_same_revenue(self, online_retail: Warehouse) -> None:
        orders, revenue = online_retail.query(
            "select sum(orders_lifetime), sum(revenue_lifetime) from int_contact_features"
            " where as_of_date = date '2011-12-10'"
        )[0]
        assert orders == 18_532
        assert float(revenue) == pytest.approx(8_911_407.90, abs=0.005)

    @pytest.mark.parametrize(
        ("contact", "days", "orders", "revenue"),
        [("12347", 3, 7, 4310.00), ("12346", 326, 1, 77183.60)],
    )
    def test_two_contacts(
        self, online_retail: Warehouse, contact: str, days: int, orders: int, revenue: float
    ) -> None:
        found = online_retail.query(
            "select fea.days_since_last_order, fea.orders_lifetime, fea.revenue_lifetime"
            " from int_contact_features as fea"
            " inner join int_contact_identities as ids on fea.contact_id = ids.contact_id"
            f" where ids.identifier_type = 'source_id' and ids.identifier_value = '{contact}'"
            " and fea.as_of_date = date '2011-12-10'"
        )[0]
        assert (found[0], found[1], float(found[2])) == (days, orders, pytest.approx(revenue))

    def test_the_simulator_gives_the_table_of_its_page(
        self, online_retail: Warehouse, root: Path
    ) -> None:
        answer = simulate(online_retail.database, ask("fashion", 30, 730, 30, 90, "10%"))
        page = (root / "docs" / "simulator.md").read_text()
        rows = [
            f"{one.declared:,} | {one.returned_share.value:.1%}"
            for one in answer.judged
            if one.returned_share
        ]
        assert len(rows) == 7
        assert [row for row in rows if f"| {row} (" not in page] == []
        assert answer.by_share.text in " ".join(page.replace("\n> ", " ").split())
        assert all(one.sends is None for one in answer.judged)

    def test_lines_that_are_identical_on_purpose_stay(self, online_retail: Warehouse) -> None:
        assert online_retail.value("select count(*) from int_order_items__unified") == 541_909


class TestModeEmail:
    def test_counts(self, mode_email: Warehouse) -> None:
        found = dict(
            mode_email.query("select event_type, count(*) from fct_email_events group by all")
        )
        assert found == {"sent": 60_920, "open": 20_459, "click": 9_010}

    @pytest.mark.parametrize(
        ("campaign_type", "rates"),
        [("digest", (30.024, 10.573, 35.216)), ("reactivation", (89.379, 80.892, 90.505))],
    )
    def test_rates(
        self, mode_email: Warehouse, campaign_type: str, rates: tuple[float, float, float]
    ) -> None:
        sends, opens, clicks = mode_email.query(
            "select count(case when eve.event_type = 'sent' then 1 end),"
            " count(case when eve.event_type = 'open' then 1 end),"
            " count(case when eve.event_type = 'click' then 1 end)"
            " from fct_email_events as eve"
            " inner join int_campaigns__unified as cam on eve.campaign_id = cam.campaign_id"
            f" where cam.campaign_type = '{campaign_type}' and eve.signal_quality is distinct"
            " from 'machine'"
        )[0]
        found = (100 * opens / sends, 100 * clicks / sends, 100 * clicks / opens)
        assert found == pytest.approx(rates, abs=0.0005)

    def test_digest_opens_without_memory_are_predicted_by_no_model(
        self, mode_email: Warehouse
    ) -> None:
        settings = shipped(algorithms=("logistic",))
        (row,) = judge(mode_email.database, is_leaking=False, settings=settings)
        assert row["auc_low"] < 0.5 < row["auc_high"]
        assert not row["is_used"]
        assert row["test_rows"] > 2000
        # and a model that knows what came afterwards is found
        (row,) = judge(mode_email.database, is_leaking=True, settings=settings)
        assert row["auc"] > 0.8

    def test_as_of_is_the_last_events_day(self, mode_email: Warehouse) -> None:
        current = mode_email.value("select as_of_date from int_as_of_dates where is_current")
        assert current == date(2022, 8, 31)


@pytest.mark.parametrize("name", ["rfm", "online_retail", "mode_email"])
def test_no_line_is_lost(name: str, request: pytest.FixtureRequest) -> None:
    warehouse: Warehouse = request.getfixturevalue(name)
    files, unreconciled = warehouse.query(
        "select count(*), count(case when not is_reconciled then 1 end)"
        " from quality__line_accounting"
    )[0]
    assert files >= 2
    assert unreconciled == 0
    assert warehouse.value("select count(*) from quality__rejected_records") == 0
