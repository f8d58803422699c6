"""Electronic invoices: a paper in, XML out, in EN 16931 (UBL) or in Italy's FatturaPA; `formats` is the way in."""
