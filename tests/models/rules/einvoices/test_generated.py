"""Documents of all sorts, drawn from seeds, against the official schemas and rules."""

from __future__ import annotations

import pytest
from lxml import etree

from models.rules.einvoices.formats import Format, e_invoice, formats, lacking, progressive_of
from models.rules.paper import Paper
from tests.models.rules.einvoices.papers import drawn
from tests.models.rules.einvoices.schemas import fattura_faults, ubl_faults
from tests.models.rules.einvoices.sdi import sdi_faults

SEEDS = range(80)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_invoice_keeps_the_european_standard(seed: int) -> None:
    paper = drawn(seed)
    assert [str(each) for each in lacking(paper, Format.EN16931)] == []
    assert ubl_faults(e_invoice(paper, Format.EN16931, progressive="")) == []


def fit_for_italy(paper: Paper) -> bool:
    return Format.FATTURA_PA in formats(paper) and paper.currency == "EUR"


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if fit_for_italy(drawn(seed))])
def test_an_invoice_passes_italy_s_exchange_system(seed: int) -> None:
    paper = drawn(seed)
    assert [str(each) for each in lacking(paper, Format.FATTURA_PA)] == []
    xml = e_invoice(paper, Format.FATTURA_PA, progressive=progressive_of(seed))
    assert fattura_faults(xml) == []
    assert sdi_faults(etree.fromstring(xml)) == []
