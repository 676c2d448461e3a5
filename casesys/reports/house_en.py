"""The words of our own template of the work report in English."""

from __future__ import annotations

from casesys.letters.paper import ENGLISH
from casesys.reports.wording import Wording, number, percent


def _many(place: str, one: str, many: str, part: str = "n") -> str:
    """A number with the unit in the form that it asks for."""
    return number(place, part) + f" {{{{ '{one}' if {place}.{part}_is_one else '{many}' }}}}"


def _records(place: str, part: str = "n") -> str:
    return _many(place, "record", "records", part)


def _cases(place: str, part: str = "n") -> str:
    return _many(place, "case", "cases", part)


def _enterprises(place: str, part: str = "n") -> str:
    return _many(place, "enterprise", "enterprises", part)


def _exits(name: str, words: str) -> str:
    return (
        f"{words}: " + _cases(f"{name}.listed") + " listed, " + number(f"{name}.excluded")
        + " excluded, " + number(f"{name}.exit", "of") + " really governed, "
        + number(f"{name}.exit") + " exited the ledger, exit rate " + percent(f"{name}.exit")
    )  # fmt: skip


WORDING = Wording(
    face=ENGLISH,
    title="Report on the special governance\nof repeated offences",
    above="{% if receipt %}Receipt {{ receipt.number }}{% endif %}",
    under_title=(
        "As of {{ as_of }}, from what was recorded until {{ known }}",
        "{% if unit %}Only the cases of {{ unit }}{% else %}The whole district{% endif %}. "
        "{% if receipt %}Receipt {{ receipt.number }}; its lines stand in brackets{% else %}"
        "Preview without a receipt, not to be sent{% endif %}",
    ),
    overall="1. Where the campaign stands",
    overall_texts=(
        "As of {{ as_of }}{% if unit %}, among the cases of {{ unit }}{% endif %}, "
        + _enterprises("all.enterprises") + " stood in the special governance of enterprises that "
        "were punished again and again: " + number("penalty.enterprises") + " on the list of "
        "administrative penalties and " + number("judgment.enterprises") + " on the list of "
        "dishonest judgment debtors (" + number("both") + " on both).",
        "{% if penalty.all_three.empty %}No enterprise stood on the list of penalties."
        "{% elif penalty.all_three.whole %}"
        "On the list of penalties, " + percent("penalty.all_three") + " of "
        + _enterprises("penalty.all_three", "of") + " signed a commitment, were interviewed and "
        "photographed."
        "{% else %}"
        "On the list of penalties, " + number("penalty.all_three") + " of "
        + _enterprises("penalty.all_three", "of") + " signed a commitment, were interviewed and "
        "photographed: " + percent("penalty.all_three") + " (" + number("penalty.commitment")
        + " signed, " + number("penalty.interview") + " were interviewed, "
        + number("penalty.photo") + " photographed)."
        "{% endif %}{% if not penalty.all_three.empty %} Of " + _records("penalty.repair", "of")
        + ", " + number("penalty.repair") + " were repaired, a repair rate of "
        + percent("penalty.repair") + ".{% endif %}",
        "{% if judgment.enterprises.counts %}"
        "On the list of judgment debtors, " + _enterprises("judgment.enterprises") + " had "
        + _records("judgment.repair", "of") + ". Of these " + number("judgment.repair")
        + " were repaired, a repair rate of " + percent("judgment.repair")
        + ".{% if judgment.held %} Of the " + number("judgment.unrepaired")
        + " not repaired: {% for one in judgment.held %}{{ one.words|lower }} " + number("one")
        + "{% if not loop.last %}; {% endif %}{% endfor %}.{% endif %}"
        "{% else %}No enterprise stood on the list of judgment debtors.{% endif %}",
    ),
    held="2. What holds repair down",
    held_text=(
        "Not repaired on both lists: " + _records("all.unrepaired") + ". Each has one reason, the "
        "first that holds in a fixed order. What a court took off its list without performance is "
        "no repair and stands here."
    ),
    held_head=("Reason", "Penalties (records)", "Judgments (records)", "All (records)"),
    every="All",
    groups="3. By list and by town",
    lists_caption=(
        "By list; ent. is enterprises. Each cell: numerator/denominator and rate. "
        "An enterprise on both lists counts once in all."
    ),
    towns_caption=(
        "By town, the highest repair rate first. Towns of fewer than {{ smallest }} records stand "
        "last and are not compared. An enterprise with cases in several towns counts in each."
    ),
    list_name="List",
    town_name="Town",
    name_share=29,
    rate_heads=(
        "Repaired (records)",
        "All of them (ent.)",
        "At least one (ent.)",
        "Interview (ent.)",
        "Photo (ent.)",
        "Signed (ent.)",
        "All three (ent.)",
    ),
    enterprises="4. Records of each enterprise",
    enterprise_captions={
        "judgment": "Dishonest judgment debtors, the most records first",
        "penalty": "Administrative penalties, the most records first",
    },
    enterprise_head=("Enterprise", "Records", "Repaired records"),
    deadlines="5. Deadlines",
    deadlines_text=(
        "Deadlines run in working days. Due is what was done or is overdue; what still runs stands "
        "apart."
    ),
    deadline_head=(
        "Deadline",
        "Due (cases)",
        "On time (cases)",
        "Kept",
        "Done late (cases)",
        "Overdue (cases)",
        "Still runs (cases)",
    ),
    national="6. The ledger of the national campaign",
    national_texts=(
        _exits("judgment", "Judgment debtors") + ". " + _exits("penalty", "Penalties")
        + ". An enterprise on one list of one campaign is one case. To exit the ledger is not to "
        "be repaired; neither is derived from the other.",
    ),
    national_head=("Item", "Judgment debtors", "Penalties", "All"),
    national_rows={
        "listed": "Listed cases",
        "excluded": "Excluded cases",
        "reason": "  of these: {{ one.words }}",
        "governed": "Cases really governed",
        "not_reached": "  not reached (or not yet contacted)",
        "reached_not_operating": "  reached, no longer operating",
        "reached_operating": "  reached and operating",
        "exited": "Cases that exited the ledger",
        "exit_rate": "Exit rate",
        "enterprises": "Enterprises really governed",
    },
    case="",
    enterprise="",
    limits="7. What these figures do not say",
    limit_texts=(
        "Records, cases and enterprises are counted apart and never added. Rates "
        "are rounded half up to the whole percent; of an empty denominator there is none, and “—” "
        "stands in its place, never 100%.",
        "What was recorded after {{ known }} is not in here. Late entries and voids may change the "
        "figures of the same day; the receipt says what was so when it was given.",
        "This report is about the special governance alone. Figures of the publication of licences "
        "and penalties, of credit loans and of other work are not recorded in this system and "
        "cannot come from it.",
    ),
    receipt="The receipt",
    receipt_texts=(
        "Receipt {{ receipt.number }}. Its lines have the numbers that stand in brackets in the "
        "text; line 1 is {{ receipt.number }}/1.",
        "As of {{ as_of }}; recorded until {{ known }}; position {{ receipt.position }} of the "
        "log; given on {{ receipt.published_at }} by {{ receipt.by }}.",
        "To verify: {{ receipt.verify }} computes every line anew from the log, and says that it "
        "holds or whom it counts otherwise.",
        "Records by enterprise, exclusions by reason and enterprises on both lists are parts of "
        "those whom the lines named beside them count.",
    ),
    rules_caption="How each figure is computed",
    rules_head=("Name and version", "Rule"),
    lines_caption="Lines; the digest is the beginning of a SHA-256",
    lines_head=("Line", "Name and version", "Part", "Figure", "Digest"),
)  # fmt: skip
