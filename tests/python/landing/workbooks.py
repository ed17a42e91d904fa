"""Small Excel workbooks, written without a library."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

OFFICE = "http://schemas.openxmlformats.org"
MAIN = f"{OFFICE}/spreadsheetml/2006/main"
RELATIONS = f"{OFFICE}/officeDocument/2006/relationships"
PACKAGE = f"{OFFICE}/package/2006"
# style 0 is general, 1 a date, 2 a date with a time
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164"'
    ' formatCode="dd\\.mm\\.yyyy\\ hh:mm"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)


def day(number: float) -> str:
    """A cell that Excel shows as a date: days since the end of 1899."""
    return f' s="1"><v>{number}</v>'


def moment(number: float) -> str:
    """A cell that Excel shows as a date with its time."""
    return f' s="2"><v>{number}</v>'


def error(code: str = "#N/A") -> str:
    """A cell with an error of Excel."""
    return f' t="e"><v>{code}</v>'


def cell(place: str, value: object) -> str:
    """XML of one cell; a text that starts with a blank is XML already."""
    if value is None:
        return ""
    if isinstance(value, bool):
        inside = f' t="b"><v>{int(value)}</v>'
    elif isinstance(value, (int, float)):
        inside = f"><v>{value!r}</v>"
    elif isinstance(value, str) and value.startswith(" "):
        inside = value
    else:
        inside = f' t="inlineStr"><is><t>{escape(str(value))}</t></is>'
    return f'<c r="{place}"{inside}</c>'


def rows(table: dict[int, list[object]]) -> str:
    """XML of rows by their number; columns from A on."""
    found = ""
    for number, values in table.items():
        cells = (cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(values))
        found += f'<row r="{number}">{"".join(cells)}</row>'
    return found


def write_workbook(path: Path, sheets: dict[str, str], hidden: tuple[str, ...] = ()) -> None:
    """Write a workbook of these sheets, by name the XML of their rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = relations = parts = ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(sheets.items(), start=1):
            state = ' state="hidden"' if name in hidden else ""
            listed += f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>'
            relations += (
                f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet"'
                f' Target="worksheets/sheet{number}.xml"/>'
            )
            parts += (
                f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType='
                '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            )
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>',
            )
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            f"{parts}</Types>",
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{relations}<Relationship'
            f' Id="rIdS" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        )
        archive.writestr("xl/styles.xml", STYLES)
