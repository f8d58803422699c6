"""FatturaPA 1.2.3: the electronic invoice of Italy, for its exchange system.

Written here: of the Python libraries for it one has not been released since 2024 and knows neither today's natures nor
regimes, the others only read, or belong to another program.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from models.rules.einvoices.fattura_body import body
from models.rules.einvoices.fattura_header import header, version
from models.rules.einvoices.tree import grow, write
from models.rules.paper import Paper

NAMESPACE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"

ET.register_namespace("p", NAMESPACE)


def fattura_pa(paper: Paper, *, progressive: str) -> bytes:
    """The XML of an invoice or credit note that lacks nothing; each sending has a `progressive` of its own."""
    root = ET.Element(f"{{{NAMESPACE}}}FatturaElettronica", versione=version(paper))
    grow(root, [("FatturaElettronicaHeader", header(paper, progressive)), ("FatturaElettronicaBody", body(paper))])
    return write(root)
