"""The field names of the record's contract that a paper is judged by."""

STATE = """
number notation date place organ_parent organ_name subject signer_title signer_name secrecy urgency
"""
CIVIL = """
registration_number registration_book registration_date registration_place person_name birth_date
birth_date_words gender ethnicity nationality birth_place home_town residence personal_id mother_name
mother_birth_year father_name father_birth_year wife_name husband_name death_date death_place
death_cause marital_status
"""
SANCTION = """
subject_name subject_birth_date subject_address violation fine_amount fine_words minutes_number
cited_decree
"""
PROCEDURE = """
dossier_code applicant_name applicant_address applicant_phone procedure_name received_at due_at
"""
MORE = """
wife_birth_date husband_birth_date wife_personal_id husband_personal_id wife_residence husband_residence
change_item change_from change_to recognising_name recognised_name relation
party_a_name party_b_name contract_amount contract_amount_words giver_name taker_name
party_joined_date party_official_date party_card_number
file_title fonds_name inventory_number file_number sheet_count start_date end_date retention
"""
VOCABULARY = frozenset((STATE + CIVIL + SANCTION + PROCEDURE + MORE).split())
"""Every name but addressees and recipients, of which only some writers give the truth."""


def names(text: str) -> frozenset[str]:
    """Field names written in one string, with spaces between."""
    unknown = set(text.split()) - VOCABULARY
    if unknown:
        raise ValueError(f"no fields of the contract: {sorted(unknown)}")
    return frozenset(text.split())
