"""What lies in the landing folder unread is written down, with whether it may hold a "no"."""

import gzip
import os
import zipfile

import pytest

from winback.errors import UserError
from winback.landing import loader, read_catalog
from winback.landing.discovery import LandingFile

from .conftest import SOURCES, Shop
from .workbooks import rows, write_workbook

HEADER = "person_id,email,city,note\n"
OPT_OUTS = "config: {meta: {opt_outs: {words: [left]}, landing: "


def unread(shop: Shop, columns: str = "source_file, may_hold_opt_outs") -> list[tuple[object, ...]]:
    return shop.query(f"select {columns} from raw.landing_unread order by source_file")


@pytest.fixture
def careful(shop: Shop) -> Shop:
    """The shop whose people may leave."""
    shop.declare(SOURCES.replace("config: {meta: {landing: ", OPT_OUTS, 1))
    return shop


def test_the_table_is_there_and_empty(shop: Shop) -> None:
    shop.put("people.csv", HEADER)
    shop.load()
    assert unread(shop, "*") == []


def test_refused_files_by_what_their_table_can_hold(careful: Shop) -> None:
    careful.put("people.csv", "city\nLyon\n")
    careful.put("marks.csv", "mark\n1\n")
    careful.put("broken.zip", "PK")
    careful.load()
    assert unread(careful, "* exclude (problem)") == [
        ("shop", "main", "shop/main/broken.zip", True),
        ("shop", "main", "shop/main/marks.csv", False),
        ("shop", "main", "shop/main/people.csv", True),
    ]
    problems = [row[0] for row in unread(careful, "problem")]
    assert "the zip archive is damaged" in str(problems[0])
    assert "missing header “Person ID”" in str(problems[2])
    # a newer version that is refused is unread although the former one is held
    careful.put("people.csv", HEADER)
    careful.put("marks.csv", "person_id\n1\n")
    (careful.account / "broken.zip").unlink()
    careful.load()
    assert unread(careful) == []
    careful.put("people.csv", "city\nLyon\n")
    # no opt-out stands in a table of marks, but in this file by its name, and in that by its folder
    careful.put("marks_unsubscribed.csv", "mark\n1\n")
    careful.put("Sperrliste/marks.csv", "mark\n1\n")
    # nor in this one, but by its headers
    careful.put("marks_2.csv", "mark,unsubscribed\n1,yes\n")
    careful.load()
    assert unread(careful) == [
        ("shop/main/Sperrliste/marks.csv", True),
        ("shop/main/marks_2.csv", True),
        ("shop/main/marks_unsubscribed.csv", True),
        ("shop/main/people.csv", True),
    ]


@pytest.mark.parametrize(
    ("name", "may_hold"),
    [
        ("unsubscribed.csv", True),
        ("unsubscribed.pdf", True),
        ("unsubscribed.png", False),
        ("Abmeldungen 2026.docx", True),
        ("Abmeldungen.XLSX", True),
        ("list.ods", True),
        ("export.7z", True),
        ("people.csv.crdownload", True),
        ("leavers", True),
        ("leavers.txt", True),
        ("report.pdf", False),
        ("logo.PNG", False),
        ("README.txt", False),
        ("index.html", False),
        # a name that says so outweighs the kind
        ("Abmeldungen 2024.docx", True),
        ("unsubscribed.rtf", True),
        ("désabonnés.pdf", True),
        ("Newsletterabmeldungen.eml", True),
        ("bajas.html", True),
        ("hard-bounces.log", True),
        ("Rückläufer.msg", True),
        ("lista nera.md", True),
        ("afmeldingen/list.pdf", True),
        ("DoNotMail/readme.txt", True),
        # but for what a program reads
        ("unsubscribed.csv.md5", False),
        ("unsubscribe.js", False),
        ("suppressions.yml", False),
        ("new subscribers.pdf", False),
    ],
)
def test_files_nobody_declares_by_their_kind(shop: Shop, name: str, may_hold: bool) -> None:
    shop.put(name, "x")
    with zipfile.ZipFile(shop.account / "export.zip", "w") as archive:
        archive.writestr(f"inside/{name}", "x")
    shop.load()
    assert unread(shop) == sorted(
        [(f"shop/main/{name}", may_hold), (f"shop/main/export.zip/inside/{name}", may_hold)]
    )


NOBODY = {
    "stock.csv": "sku;Artikel;Bestand\nA1;Schuh 42;3\n",
    "returns.csv": "order_id,sku,reason\n1,A1,a complaint about spam\n",
    "codes.csv": "Order ID,Artikelnummer,HS Code,Paid,Zip Code\n1,2,3,4,5\n",
    "transactions.tsv": "Order\tKind\tGateway\tStatus\n1\tsale\tbogus\tsuccess\n",
    "goods.json": '[{"sku": "A1", "title": "Shoe", "price": 3}]',
    "goods.csv.gz": gzip.compress(b"sku,price\nA1,3\n"),
    "sep.csv": "sep=;\nsku;price\nA1;3\n",
    "notes.txt": "We have exported all of this again in May 2026.\nPlease look at it.\n",
}
SOMEBODY = {
    "numbers.csv": "Kundennummer;Ort\n4711;Ulm\n",
    "member.csv": "loyalty member,price\n7,3\n",
    "ids.csv": "id,price\n7,3\n",
    "flags.csv": "id;abgemeldet\n7;ja\n",
    "flag_of_orders.csv": "order;abgemeldet\n7;ja\n",
    "one_column.csv": "order\nA17\n",
    "names.csv": "Vorname,Ort\nAnn,Ulm\n",
    "phones.csv": "order,phone\n1,+49 30 1\n",
    "kd.csv": "Kd-Nr;sku\nA7;A1\n",
    "members.csv": "Vertragsnummer,sku\n7,A1\n",
    "userid.csv": "sku,cust_no\nA1,7\n",
    "postal.csv": "Adresse;sku\nWeg 3;A1\n",
    "at.csv": "order,note\n1,ann (at) x.example\n",
    "hashes.csv": f"sku,price\n{'0af3' * 8},3\n",
    "values.csv": "name,status\nAnn,Unsubscribed\n",
    "address.csv": "order,note\n1,ann@x.example\n",
    "wide_at.csv": "order,note\n1,ann\uff20x.example\n",
    "no_header.csv": "17,Ulm\n18,Bonn\n",
    "no_words.csv": "Ann,Ulm\nBen,Bonn\n",
    "title.csv": "Order list\norder,sku,customer\n1,A1,7\n",
    "odd_quotes.csv": 'order,sku\n1,"A1"x"\n',
    "page.csv": "<html>\norder,sku\n",
    "nul.csv": b"order,sku\n1,\0\n",
    "broken.csv.gz": b"\x1f\x8bxx",
    "empty.csv": "",
    "person.json": '[{"sku": "A1", "customer": {"name": "Ann"}}]',
    "broken.json": '{"sku": "A1"',
    "mail.txt": "Peter said again that\nhe wants no more mail from us.\n",
    "prose.txt": "Please look at this again.\nCustomer 4711 wants nothing more from us.\n",
    "names.txt": "A17\nA18\n",
    "goods.parquet": b"PAR1",
    "goods.xls": b"sku,price",
}


def test_what_names_nobody_holds_nothing_back(shop: Shop) -> None:
    for name, content in {**NOBODY, **SOMEBODY}.items():
        shop.put(f"more/{name}", content)
        shop.put(f"Abgemeldete/{name}", content)
    names = {"in.csv": "order,sku\n1,A1\n", "person.csv": "customer,sku\n1,A1\n"}
    with zipfile.ZipFile(shop.account / "goods.zip", "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    (shop.landing / "erp" / "main").mkdir(parents=True)
    (shop.landing / "erp" / "main" / "stock.csv").write_text(NOBODY["stock.csv"])
    goods = rows({1: ["sku", "price"], 2: ["A1", 3]})
    people = rows({1: ["Kunde", "sku"], 2: [7, "A1"]})
    write_workbook(shop.account / "goods.xlsx", {"a": goods, "b": ""})
    write_workbook(shop.account / "persons.xlsx", {"a": goods, "b": people}, hidden=("b",))
    shop.load()
    harmless = {name for name, may_hold in unread(shop) if not may_hold}
    assert harmless == {
        *(f"shop/main/more/{name}" for name in NOBODY),
        "shop/main/goods.zip/in.csv",
        "shop/main/goods.xlsx",
        "erp/main/stock.csv",
    }
    told = dict(unread(shop, "source_file, problem"))
    assert all("it names nobody, so nothing is held back for it" in told[name] for name in harmless)
    assert len(told) == 2 * len({**NOBODY, **SOMEBODY}) + 5


def test_refused_files_that_name_nobody_hold_nothing_back(careful: Shop) -> None:
    careful.put("people_a.csv", "sku,price\nA1,3\n")
    careful.put("people_b.csv", "sku,customer\nA1,3\n")
    careful.put("people_unsubscribed.csv", "sku,price\nA1,3\n")
    careful.put("marks_bounced.csv", "sku,price\nA1,3\n")
    careful.load()
    assert unread(careful) == [
        ("shop/main/marks_bounced.csv", True),
        ("shop/main/people_a.csv", False),
        ("shop/main/people_b.csv", True),
        ("shop/main/people_unsubscribed.csv", True),
    ]


def test_exports_of_other_records_are_told_and_not_read(careful: Shop) -> None:
    marks = (
        'config: {meta: {landing: {other_records: {companies: ["Company owner"]}}}}\n    tables:'
    )
    plain = "    config:\n      enabled: \"{{ 'shop' in var('systems') }}\"\n    tables:"
    path = careful.project / "models/staging/shop/_shop__sources.yml"
    careful.declare(path.read_text().replace(plain, f"    {marks}", 1))
    companies = "Person ID,Name,Company owner,Phone Number,{},City\n1,Ltd,Bo,1,{},Ulm\n"
    careful.put("people_companies.csv", companies.format("Number of Associated Contacts", 3))
    careful.put("people_c_unsubscribed.csv", companies.format("Industry", "x"))
    careful.put("people_ids.csv", companies.format("Associated Contact IDs", 3))
    careful.put("people_address.csv", companies.format("Note", "a@x.example"))
    summary = careful.load()
    assert summary.notes == [
        "shop/main/people_companies.csv is known and not read: it lists companies, not people"
    ]
    assert len(summary.loaded) == 3
    marked = path.read_text().replace('["Company owner"]', "[]")
    careful.declare(marked)
    with pytest.raises(UserError, match="other_records: expected `kind of record"):
        careful.load()


def test_files_outside_the_folders_of_systems(shop: Shop) -> None:
    for name in (
        "people.csv",
        "notes.md",
        "mailchmp/fr/a.csv",
        "mailchmp/fr/a.md",
        "mailchmp/b.csv",
        "mailchmp/bounced/b.pdf",
    ):
        path = shop.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (shop.landing / "other" / "main").mkdir(parents=True)
    (shop.landing / "other" / "main" / "things.csv").write_text("thing_id\n1\n")
    notes = shop.load().notes
    # a system that the project knows and leaves out is not read on purpose
    assert unread(shop, "source_system, source_relation, source_file, may_hold_opt_outs") == [
        ("mailchmp", "main", "mailchmp/b.csv", True),
        ("mailchmp", "bounced", "mailchmp/bounced/b.pdf", True),
        ("mailchmp", "fr", "mailchmp/fr/a.csv", True),
        ("mailchmp", "fr", "mailchmp/fr/a.md", False),
        (None, None, "notes.md", False),
        (None, None, "people.csv", True),
    ]
    assert any("other/ is not read: var `systems`" in note for note in notes)


def test_hidden_files_that_a_table_would_read_are_told(careful: Shop) -> None:
    people = HEADER + "1,ann@x.example,,\n"
    careful.put(".people.csv", people)
    careful.put(".old/list/1.csv", people)
    careful.put(".unsubscribed.csv", people)
    careful.put(".marks.csv", "person_id,mark\n1,2\n")
    with zipfile.ZipFile(careful.account / "all.zip", "w") as archive:
        archive.writestr(".people.csv", people)
        archive.writestr("__MACOSX/._people.csv", "left behind")
    # what systems and programs leave behind is of no account
    for name in ("._people.csv", "~$people.csv", ".DS_Store", ".Trash-1/people.csv"):
        careful.put(name, "left behind")
    careful.put("../__MACOSX/people.csv", "left behind")
    os.mkfifo(careful.account / ".people_2.csv")
    summary = careful.load()
    held = [
        ("shop/main/.marks.csv", False),
        ("shop/main/.old/list/1.csv", True),
        ("shop/main/.people.csv", True),
        ("shop/main/.unsubscribed.csv", True),
        ("shop/main/all.zip/.people.csv", True),
    ]
    assert unread(careful) == held
    assert sorted(note.split(" lies hidden: ")[0] for note in summary.notes) == [
        name for name, _ in held
    ]
    assert not summary.files


def test_a_name_that_says_leave_is_stronger_than_what_is_known_of_it(shop: Shop) -> None:
    known = 'config: {meta: {landing: {ignored: ["a_*"], not_used: {"b_*": no}}}}\n    tables:'
    plain = "    config:\n      enabled: \"{{ 'shop' in var('systems') }}\"\n    tables:"
    shop.declare(SOURCES.replace(plain, f"    {known}", 1).replace("no}", "'no'}"))
    for name in ("a_1.csv", "b_1.csv", "a_bounces.csv", "b_opt-outs.xlsx", "a_opt-outs.png"):
        shop.put(name, "order,sku\n")
    shop.load()
    assert unread(shop) == [("shop/main/a_bounces.csv", True), ("shop/main/b_opt-outs.xlsx", True)]


def test_what_tools_bring_along_is_not_listed(shop: Shop) -> None:
    ignored = 'config: {meta: {landing: {ignored: ["thumbs*", "tickets/*"]}}}\n    tables:'
    shop.declare(
        SOURCES.replace(
            "    config:\n      enabled: \"{{ 'shop' in var('systems') }}\"\n    tables:",
            f"    {ignored}",
            1,
        )
    )
    assert read_catalog(shop.project).ignored["shop"] == ("thumbs*", "tickets/*")
    shop.put("Thumbs_1.csv", "x")
    shop.put("tickets/4.csv", "x")
    shop.put("invoices.csv", "x")
    assert shop.load().unrecognised == ["shop/main/invoices.csv"]
    assert unread(shop) == [("shop/main/invoices.csv", True)]


def test_what_is_known_and_not_read_is_told_and_holds_nothing_back(shop: Shop) -> None:
    not_used = (
        'config: {meta: {landing: {not_used: {"drafts*": "a draft is no order"}}}}\n    tables:'
    )
    shop.declare(
        SOURCES.replace(
            "    config:\n      enabled: \"{{ 'shop' in var('systems') }}\"\n    tables:",
            f"    {not_used}",
            1,
        )
    )
    shop.put("Drafts_1.csv", "x")
    summary = shop.load()
    assert summary.unrecognised == []
    assert summary.notes == ["shop/main/Drafts_1.csv is known and not read: a draft is no order"]
    assert unread(shop) == []


def test_why_a_file_is_not_read_is_a_text(shop: Shop) -> None:
    shop.declare(
        SOURCES.replace(
            "    config:\n      enabled: \"{{ 'shop' in var('systems') }}\"\n    tables:",
            '    config: {meta: {landing: {not_used: ["drafts*"]}}}\n    tables:',
            1,
        )
    )
    with pytest.raises(UserError, match="not_used: expected `pattern: why`"):
        shop.load()


def test_systems_not_read_this_time_keep_theirs(shop: Shop) -> None:
    (shop.project / "dbt_project.yml").write_text("name: shop\nvars: {systems: [shop, other]}\n")
    (shop.landing / "other").mkdir()
    (shop.landing / "other" / "x.csv").write_text("x")
    shop.put("x.csv", "x")
    shop.load()
    shop.load(["shop"])
    assert len(unread(shop)) == 2
    (shop.landing / "other" / "x.csv").unlink()
    shop.load(["shop"])
    assert len(unread(shop)) == 2
    shop.load()
    assert unread(shop) == [("shop/main/x.csv", True)]


def test_a_load_that_is_stopped_leaves_the_rest_as_unread(
    careful: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful.put("people_a.csv", HEADER)
    careful.load()
    careful.put("people_b.csv", HEADER)
    os.utime(careful.put("people_c.csv", HEADER))
    real = loader.Loader.take

    def take(self: loader.Loader, file: LandingFile) -> object:
        if file.source_file.endswith("b.csv"):
            raise KeyboardInterrupt
        return real(self, file)

    monkeypatch.setattr(loader.Loader, "take", take)
    with pytest.raises(KeyboardInterrupt):
        careful.load()
    assert unread(careful) == [("shop/main/people_b.csv", True), ("shop/main/people_c.csv", True)]
    monkeypatch.undo()
    careful.load()
    assert unread(careful) == []


@pytest.mark.parametrize(
    ("opt_outs", "said"),
    [
        ("{}", "takes `words`"),
        ("{word: [x]}", "takes `words`"),
        ("{words: []}", "the list is empty"),
        ("{words: [1]}", "a list of texts expected"),
        ("{every_line_of: x*}", None),
    ],
)
def test_how_opt_outs_are_declared(shop: Shop, opt_outs: str, said: str | None) -> None:
    declared = f"config: {{meta: {{opt_outs: {opt_outs}, landing: "
    shop.declare(SOURCES.replace("config: {meta: {landing: ", declared, 1))
    if said is None:
        people, old = read_catalog(shop.project).systems["shop"][:2]
        assert people.may_hold_opt_outs
        assert not old.may_hold_opt_outs
    else:
        with pytest.raises(UserError, match=f"table people.*{said}"):
            read_catalog(shop.project)


@pytest.mark.parametrize(
    ("name", "content", "may_hold"),
    [
        ("newsletter_stats.csv", "campaign,sent,opens,unsubscribes\nJune,100,50,5\n", False),
        ("newsletter_flags.csv", "campaign,sent,opens,unsubscribes\nJune,100,50,1\n", True),
        ("newsletter_who.csv", "user,sent,opens,unsubscribes\n17,100,50,5\n", True),
        ("categories.csv", "category_id,name\n1,Shoes\n", False),
        ("reviews.csv", "review_id,product_id,rating\n1,s1,5\n", False),
        ("pivot.csv", "status,Count of contact_id\nactive,40\n", False),
        ("ids.csv", "status,contact_id\nactive,40\n", True),
        ("numeros.csv", "Numero de cliente,status\n1017,active\n", True),
        ("numbers.csv", "Number,status\n1017,active\n", True),
        ("traffic.csv", "# Traffic\n# 2026\nSession source,Sessions\ngoogle,100\n", False),
        ("_SUCCESS", "", False),
        ("manifest.json", '{"files": ["contacts.csv"]}', False),
        ("manifest_unsubscribed.json", '{"ids": ["k1"]}', True),
    ],
)
def test_files_of_figures_and_things_hold_nobodys_no(
    careful: Shop, name: str, content: str, may_hold: bool
) -> None:
    careful.put("people.csv", HEADER + "1,a@x.example,Lyon,\n")
    careful.put(name, content)
    careful.load()
    assert unread(careful) == [(f"shop/main/{name}", may_hold)]
