"""The XMP packet of a PDF/A-2b file: who it is, in which language, made by what, from which bytes."""

from __future__ import annotations

from digitizer.writing.xml_text import escaped

__all__ = ["xmp_packet"]

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"\
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<dc:source>urn:sha256:{source}</dc:source>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_packet(title: str, producer: str, language: str, source_sha256: str) -> bytes:
    """The packet as UTF-8, without times and without padding (ISO 19005-2, 6.6.2).

    `dc:source` names the input by its digest, so a PDF that has lost its record can still be matched
    to its master.
    """
    return _PACKET.format(
        title=escaped(title),
        producer=escaped(producer),
        language=escaped(language),
        source=escaped(source_sha256),
    ).encode("utf-8")
