"""Which writers make the papers of each class, in the order in which they take turns."""

from scripts.samples import (
    acts,
    births,
    cadre,
    civil,
    justice,
    procedures,
    sanctions,
    second_acts,
    second_cases,
    second_forms,
    strays,
)
from scripts.samples.fonts import SampleError
from scripts.samples.forms import birth_certificate, listing
from scripts.samples.papers import Writer, decision, minutes, notice, official_letter, report

CATALOGUE: dict[str, tuple[Writer, ...]] = {
    "decision": (decision, acts.numberless, acts.copied, justice.court_decision, acts.urgent),
    "directive": (acts.directive, second_acts.directive),
    "official_letter": (official_letter, acts.secrecy_talk, official_letter),
    "notice": (notice, listing),
    "report": (report, second_acts.report),
    "submission": (acts.submission, second_acts.submission),
    "minutes": (minutes, second_acts.minutes),
    "plan": (acts.plan, second_acts.plan),
    "contract": (acts.contract, second_acts.contract),
    "decree": (acts.decree, second_acts.decree),
    "circular": (acts.circular, second_acts.circular),
    "resolution": (acts.resolution, second_acts.resolution),
    "invitation": (acts.invitation, second_acts.invitation),
    "authorization": (acts.authorization, second_acts.authorization),
    "birth_certificate": (
        births.birth_certificate_current,
        births.birth_certificate_old,
        births.birth_certificate_copy,
        births.birth_certificate_table,
        birth_certificate,
    ),
    "birth_extract": (births.birth_extract, second_forms.birth_extract),
    "marriage_certificate": (civil.marriage_certificate, civil.marriage_certificate_old),
    "marriage_extract": (civil.marriage_extract, second_forms.marriage_extract),
    "death_extract": (civil.death_extract, civil.death_certificate_old),
    "marital_status_certificate": (civil.marital_status, second_forms.marital_status),
    "civil_status_change": (civil.civil_status_change, civil.civil_status_decision),
    "parentage_recognition": (civil.parentage, second_forms.parentage),
    "sanction_decision": (sanctions.sanction_decision, second_cases.sanction_decision),
    "violation_minutes": (sanctions.violation_minutes, second_cases.violation_minutes),
    "dossier_receipt": (procedures.dossier_receipt, second_cases.dossier_receipt),
    "process_control_sheet": (procedures.process_control_sheet, second_cases.process_control_sheet),
    "criminal_record_certificate": (justice.criminal_record, second_cases.criminal_record),
    "judgment": (justice.judgment, second_cases.judgment),
    "enforcement_decision": (justice.enforcement_decision, second_cases.enforcement_decision),
    "party_document": (cadre.party_document, cadre.party_document, cadre.member_sheet),
    "curriculum_vitae": (cadre.curriculum_vitae, second_cases.curriculum_vitae),
    "file_cover": (procedures.file_cover,),
    "document_list": (procedures.document_list, second_cases.document_list),
    "separator": (procedures.separator,),
    "unknown": (
        strays.death_notice,
        strays.application,
        strays.petition,
        strays.newborn_note,
        procedures.closing_note,
        strays.account_sheet,
    ),
}
"""The writers of each class of the contract; they take turns."""


def writer_of(name: str, turn: int) -> Writer:
    """The writer of a class whose turn it is."""
    writers = CATALOGUE[name]
    return writers[turn % len(writers)]


def chosen(names: str) -> tuple[str, ...]:
    """The classes named, separated by commas; `all` is every one.

    Raises:
        SampleError: a name is no class of the contract.
    """
    if names == "all":
        return tuple(CATALOGUE)
    wanted = tuple(name.strip() for name in names.split(",") if name.strip())
    for name in wanted:
        if name not in CATALOGUE:
            raise SampleError(f"no such class: '{name}'; one of {', '.join(CATALOGUE)}")
    return wanted
