"""Which command typed an entry: for its words, and to type it again when it was wrong."""

from __future__ import annotations

CORRECTED_BY = {
    "case.record_attached": "attach_record",
    "case.assigned": "assign_case",
    "case.contact_attempted": "attempt_contact",
    "case.interview_notice_served": "serve_interview_notice",
    "case.interview_held": "hold_interview",
    "case.photo_added": "add_photo",
    "case.commitment_signed": "sign_commitment",
    "case.key_supervision_started": "start_key_supervision",
    "case.impediment_found": "find_impediment",
    "case.impediment_cleared": "clear_impediment",
    "case.repair_applied": "apply_repair",
    "case.repair_returned": "return_repair",
    "case.repair_result_recorded": "record_repair_result",
    "case.repair_revoked": "revoke_repair",
    "case.performance_recorded": "record_performance",
    "case.deadline_extended": "extend_deadline",
    "case.note_added": "add_note",
}
"""The command that types an entry again; what needed two persons is voided, not corrected."""

WORDED_BY = CORRECTED_BY | {
    "case.opened": "list_enterprise",
    "case.subject_listed": "list_enterprise",
    "case.exclusion_proposed": "propose_exclusion",
    "case.subject_excluded": "propose_exclusion",
    "case.subject_reinstated": "reinstate_subject",
    "case.unreachability_proposed": "propose_unreachable",
    "case.reachability_concluded": "conclude_not_operating",
    "case.court_removal_proposed": "propose_court_removal",
    "case.record_removed_by_court": "propose_court_removal",
    "case.objection_raised": "raise_objection",
    "case.objection_answered": "answer_objection",
    "case.released": "release_case",
    "case.transferred": "transfer_case",
    "case.exit_proposed": "propose_exit",
    "case.proposal_sent_back": "send_back",
    "case.closed": "close_case",
    "case.reopened": "reopen_case",
    "case.personal_data_revealed": "reveal_personal_data",
    "case.personal_data_erased": "erase_personal_data",
    "case.entry_voided": "void_entry",
    "case.entry_corrected": "void_entry",
}
"""The command whose fields have the words for an entry's facts."""
