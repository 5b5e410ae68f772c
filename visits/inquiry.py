"""The inquiry (问诊) at hand-in: what the advisor asks about the fault (S4-11). Answers are kept by code on the visit."""

from django.utils.translation import gettext_lazy as _

# code: (question, {answer code: answer}); without answers it is free text.
QUESTIONS = {
    "since": (_("Since when"), {}),
    "frequency": (_("How often"), {"constant": _("constantly"), "occasional": _("now and then")}),
    "engine": (_("Engine"), {"cold": _("cold"), "warm": _("warm"), "both": _("cold and warm")}),
    "speed": (_("Speed"), {"low": _("low speed"), "high": _("high speed"), "standing": _("standing still")}),
    "load": (_("Load"), {"empty": _("unloaded"), "loaded": _("loaded")}),
    "road": (_("Road"), {"paved": _("paved"), "dirt": _("dirt road")}),
    "looked_at": (_("Looked at together"), {"engine": _("engine"), "lift": _("chassis on the lift"), "both": _("engine and chassis")}),
    "road_test": (_("Road test together"), {"yes": _("driven"), "no": _("not needed")}),
    "added_equipment": (_("Added equipment"), {}),
    "last_maintenance": (_("Last maintenance"), {}),
    "earlier_repairs": (_("Earlier repairs"), {}),
}
TEXT_LIMIT = 200


def answered(inquiry):
    """Return ``[(question, answer)]`` in the reader's language, in the order of the questions."""
    return [(question, choices.get(inquiry[code], inquiry[code])) for code, (question, choices) in QUESTIONS.items() if inquiry.get(code)]


def faults(inquiry):
    """Return what is wrong with the answers, as ``[(message, particulars)]``."""
    if not isinstance(inquiry, dict):
        return [(_("The inquiry must be an object of question and answer."), {})]
    unknown = sorted(set(inquiry) - set(QUESTIONS))
    found = [(_("Unknown question “%(code)s”; known are: %(known)s."), {"code": code, "known": ", ".join(QUESTIONS)}) for code in unknown]
    for code in set(inquiry) & set(QUESTIONS):
        choices = QUESTIONS[code][1]
        if not isinstance(inquiry[code], str) or len(inquiry[code]) > TEXT_LIMIT:
            found.append((_("The answer to “%(code)s” must be a text of at most %(limit)d characters."), {"code": code, "limit": TEXT_LIMIT}))
        elif choices and inquiry[code] not in {"", *choices}:
            found.append((_("The answer to “%(code)s” must be one of: %(known)s."), {"code": code, "known": ", ".join(choices)}))
    return found
